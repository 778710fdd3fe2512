//! Lists of members: names and numbers, no contacts.

use careway_kernel::{Language, MemberId, MemberNumber, OrganizationId, Sex};
use careway_service::{Call, Database, Error, Result, scoped_query};
use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::members::domain::{Summary, person_name::PersonName};

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    member_id: Uuid,
    payer_id: Uuid,
    payer_name: String,
    member_number: String,
    given_names: String,
    family_name: String,
    birth_date: NaiveDate,
    sex: String,
    language: String,
    principal_member_id: Option<Uuid>,
    codes_locked: bool,
}

macro_rules! select_summary {
    ($rest:literal) => {
        $crate::members::store::summary::select_summary!("", $rest)
    };
    ($more:literal, $rest:literal) => {
        concat!(
            "select m.member_id, m.payer_id, o.name as payer_name, m.member_number, m.given_names, m.family_name, \
             m.birth_date, m.sex, m.language, m.principal_member_id, \
             exists (select from code_lock l where l.member_id = m.member_id and l.lifted_at is null) as codes_locked",
            $more,
            " from member m join organization o on o.organization_id = m.payer_id ",
            $rest
        )
    };
}
pub(crate) use select_summary;

/// Every member of the payer by name, after the member `after`.
pub(crate) async fn list_all(
    conn: &mut PgConnection,
    payer: OrganizationId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Summary>> {
    let rows = sqlx::query_as(select_summary!(
        "where m.payer_id = $1 and ($2::uuid is null or (m.folded_name, m.member_id) > \
         (select a.folded_name, a.member_id from member a where a.member_id = $2)) \
         order by m.folded_name, m.member_id limit $3"
    ))
    .bind(payer.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    summaries(rows)
}

/// What members are searched by; each of it finds some.
pub(crate) struct Sought {
    /// [`careway_kernel::text::name_query`]: a name has each of these words in one of its forms.
    pub(crate) words: Vec<Vec<String>>,
    pub(crate) number: Option<MemberNumber>,
    /// Indexes of a national id.
    pub(crate) national_id: Vec<Vec<u8>>,
}

/// The payer's members whose name has all the words, or who have this member number or this national id.
pub(crate) async fn list_found(
    conn: &mut PgConnection,
    payer: OrganizationId,
    sought: &Sought,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Summary>> {
    // The longest word is the rarest: the index finds it, the others are compared on what it found.
    let rarest = sought.words.iter().max_by_key(|forms| forms.first().map(String::len));
    let rarest = rarest.cloned().unwrap_or_default();
    let ends: Vec<String> = rarest.iter().map(|form| format!("{form}\u{10ffff}")).collect();
    let words: Vec<String> = sought.words.iter().map(|forms| forms.join(" ")).collect();
    let rows = sqlx::query_as(select_summary!(
        "where m.payer_id = $1 and m.member_id in \
         (select w.member_id from unnest($2::text[], $3::text[]) as form (first, last) \
         join member_word w on w.payer_id = $1 and w.word >= form.first and w.word < form.last \
         union all select member_id from member where payer_id = $1 and member_number = $5 \
         union all select member_id from member_national_id where payer_id = $1 and number_index = any($6)) \
         and (m.member_number = $5 or exists (select from member_national_id n \
         where n.member_id = m.member_id and n.number_index = any($6)) \
         or not exists (select from unnest($4::text[]) as sought (forms) where not exists (\
         select from unnest(string_to_array(sought.forms, ' ')) as form (first), unnest(m.name_words) as own (word) \
         where starts_with(own.word, form.first)))) \
         and ($7::uuid is null or (m.folded_name, m.member_id) > \
         (select a.folded_name, a.member_id from member a where a.member_id = $7)) \
         order by m.folded_name, m.member_id limit $8"
    ))
    .bind(payer.uuid())
    .bind(&rarest)
    .bind(ends)
    .bind(words)
    .bind(sought.number.as_ref().map(MemberNumber::as_str))
    .bind(&sought.national_id)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    summaries(rows)
}

/// A member's dependants, the eldest first, after the dependant `after`.
pub(crate) async fn list_dependants(
    conn: &mut PgConnection,
    payer: OrganizationId,
    principal: MemberId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Summary>> {
    let rows = sqlx::query_as(select_summary!(
        "where m.payer_id = $1 and m.principal_member_id = $2 \
         and ($3::uuid is null or (m.birth_date, m.member_id) > \
         (select a.birth_date, a.member_id from member a where a.member_id = $3)) \
         order by m.birth_date, m.member_id limit $4"
    ))
    .bind(payer.uuid())
    .bind(principal.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    summaries(rows)
}

/// Members of any payer: for Careway's own services.
pub(crate) async fn list_by_ids(db: &Database, call: &Call, ids: &[Uuid]) -> Result<Vec<Summary>> {
    let question = scoped_query!(select_summary!("where m.member_id = any($4)"));
    summaries(db.query_as_caller(call, question, |it| it.bind(ids.to_vec())).await?)
}

/// Those of the payer's members that have one of these numbers: for Careway's own services.
pub(crate) async fn list_by_numbers(
    db: &Database,
    call: &Call,
    payer: OrganizationId,
    numbers: Vec<String>,
) -> Result<Vec<Summary>> {
    let question = scoped_query!(select_summary!("where m.payer_id = $4 and m.member_number = any($5)"));
    summaries(
        db.query_as_caller(call, question, |asked| asked.bind(payer.uuid()).bind(numbers.clone())).await?,
    )
}

/// Members of any payer with one of these national ids, by their indexes, those with the first of them first: for Careway's own
/// services.
pub(crate) async fn list_by_national_id(
    db: &Database,
    call: &Call,
    indexes: &[Vec<u8>],
) -> Result<Vec<Summary>> {
    let question = scoped_query!(select_summary!(
        "where m.member_id in (select n.member_id from member_national_id n where n.number_index = any($4)) \
         order by (select min(array_position($4::bytea[], n.number_index)) from member_national_id n \
         where n.member_id = m.member_id)"
    ));
    summaries(db.query_as_caller(call, question, |asked| asked.bind(indexes.to_vec())).await?)
}

/// Whether the payer has this member.
pub(crate) async fn exists(conn: &mut PgConnection, payer: OrganizationId, id: MemberId) -> Result<bool> {
    let found =
        sqlx::query_scalar("select exists (select from member where payer_id = $1 and member_id = $2)")
            .bind(payer.uuid())
            .bind(id.uuid())
            .fetch_one(conn)
            .await?;
    Ok(found)
}

fn summaries(rows: Vec<Row>) -> Result<Vec<Summary>> {
    rows.into_iter().map(|row| row.summary().map_err(Error::from)).collect()
}

impl Row {
    pub(crate) fn summary(self) -> anyhow::Result<Summary> {
        Ok(Summary {
            id: MemberId::from_uuid(self.member_id),
            payer: OrganizationId::from_uuid(self.payer_id),
            payer_name: self.payer_name,
            number: MemberNumber::parse(&self.member_number)?,
            name: PersonName::stored(&self.given_names, &self.family_name)?,
            birth_date: self.birth_date,
            sex: Sex::parse(&self.sex)?,
            language: Language::parse(&self.language)?,
            principal: self.principal_member_id.map(MemberId::from_uuid),
            codes_locked: self.codes_locked,
        })
    }
}

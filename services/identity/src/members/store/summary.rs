//! Lists of members: names and numbers, no contacts.

use careway_kernel::{Language, MemberId, MemberNumber, Names, OrganizationId, Sex};
use careway_service::{Call, Database, Error, Result, scoped_query};
use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::members::domain::Summary;

#[derive(sqlx::FromRow)]
struct Row {
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
        concat!(
            "select m.member_id, m.payer_id, o.name as payer_name, m.member_number, m.given_names, m.family_name, \
             m.birth_date, m.sex, m.language, m.principal_member_id, \
             exists (select from code_lock l where l.member_id = m.member_id and l.lifted_at is null) as codes_locked \
             from member m join organization o on o.organization_id = m.payer_id ",
            $rest
        )
    };
}

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

/// The payer's members whose name has words beginning with all of `words` (folded).
pub(crate) async fn list_by_words(
    conn: &mut PgConnection,
    payer: OrganizationId,
    words: &[String],
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Summary>> {
    // The longest word is the rarest: the index finds it, the others are compared on what it found.
    let rarest = words.iter().max_by_key(|word| word.len()).cloned().unwrap_or_default();
    let beginnings: Vec<String> = words.iter().map(|word| format!(" {word}")).collect();
    let rows = sqlx::query_as(select_summary!(
        "where m.payer_id = $1 and m.member_id in \
         (select w.member_id from member_word w where w.payer_id = $1 and w.word >= $2 and w.word < $3) \
         and not exists (select from unnest($4::text[]) as b (beginning) \
         where strpos(' ' || m.folded_name, b.beginning) = 0) \
         and ($5::uuid is null or (m.folded_name, m.member_id) > \
         (select a.folded_name, a.member_id from member a where a.member_id = $5)) \
         order by m.folded_name, m.member_id limit $6"
    ))
    .bind(payer.uuid())
    .bind(&rarest)
    .bind(format!("{rarest}\u{10ffff}"))
    .bind(beginnings)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    summaries(rows)
}

/// The payer's members with this member number, or this national id by its index.
pub(crate) async fn list_by_number(
    conn: &mut PgConnection,
    payer: OrganizationId,
    number: &str,
    national_id_index: &[u8],
) -> Result<Vec<Summary>> {
    let rows = sqlx::query_as(select_summary!(
        "where m.payer_id = $1 and m.member_id in (select member_id from member where payer_id = $1 and member_number = $2 \
         union all select member_id from member_national_id where payer_id = $1 and number_index = $3) \
         order by m.folded_name, m.member_id"
    ))
    .bind(payer.uuid())
    .bind(number)
    .bind(national_id_index)
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
    fn summary(self) -> anyhow::Result<Summary> {
        Ok(Summary {
            id: MemberId::from_uuid(self.member_id),
            payer: OrganizationId::from_uuid(self.payer_id),
            payer_name: self.payer_name,
            number: MemberNumber::parse(&self.member_number)?,
            given_names: Names::parse(&self.given_names)?,
            family_name: Names::parse(&self.family_name)?,
            birth_date: self.birth_date,
            sex: Sex::parse(&self.sex)?,
            language: Language::parse(&self.language)?,
            principal: self.principal_member_id.map(MemberId::from_uuid),
            codes_locked: self.codes_locked,
        })
    }
}

//! What one-time codes need of Postgres: the person behind an identifier, wrong codes in a row, and locks.

use careway_kernel::{Language, MemberId, OrganizationId, PhoneNumber};
use careway_service::{Call, Database, Error, Result, scoped_query};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Identifier, MemberQuery};
use crate::{
    data_keys::{DataKeys, Place},
    members::{
        self,
        domain::{ContactKind, Summary},
        store::{
            national_id,
            summary::{self, select_summary},
        },
    },
};

/// Who is known by an identifier.
pub(crate) struct Person {
    pub(crate) id: MemberId,
    pub(crate) payer: OrganizationId,
    pub(crate) language: Language,
    pub(crate) locked: bool,
    pub(crate) phones: Phones,
}

/// Sealed phones, in the order a code prefers them.
pub(crate) struct Phones(Vec<(Place, Option<Vec<u8>>)>);

#[derive(sqlx::FromRow)]
struct Row {
    member_id: Uuid,
    payer_id: Uuid,
    language: String,
    #[sqlx(flatten)]
    phones: PhoneColumns,
    locked: bool,
}

#[derive(sqlx::FromRow)]
struct PhoneColumns {
    mobile: Option<Vec<u8>>,
    phone: Option<Vec<u8>>,
    principal_id: Option<Uuid>,
    principal_mobile: Option<Vec<u8>>,
    principal_phone: Option<Vec<u8>>,
}

#[derive(sqlx::FromRow)]
struct HolderRow {
    #[sqlx(flatten)]
    member: summary::Row,
    #[sqlx(flatten)]
    phones: PhoneColumns,
}

/// The person, by the first of the payers that knows them. The same statement whoever is asked for.
pub(crate) async fn find_person(
    db: &Database,
    call: &Call,
    data_keys: &DataKeys,
    asked: &MemberQuery,
) -> Result<Option<Person>> {
    let payers: Vec<Uuid> = asked.payers.iter().map(|id| id.uuid()).collect();
    let (number, indexes) = match &asked.identifier {
        Identifier::MemberNumber(number) => (Some(number.as_str().to_owned()), Vec::new()),
        Identifier::NationalId(number) => (None, national_id::indexes(data_keys, number)),
    };
    let question = scoped_query!(
        "select m.member_id, m.payer_id, m.language, m.mobile, m.phone, p.member_id as principal_id, \
         p.mobile as principal_mobile, p.phone as principal_phone, \
         exists (select from code_lock l where l.member_id = m.member_id and l.lifted_at is null) as locked \
         from unnest($4::uuid[]) with ordinality as payer (id, place) \
         join lateral (select member_id, 1 as spelling from member where payer_id = payer.id and member_number = $5 \
         union all select member_id, array_position($6::bytea[], number_index) from member_national_id \
         where payer_id = payer.id and number_index = any($6)) found on true \
         join member m on m.member_id = found.member_id \
         left join member p on p.member_id = m.principal_member_id \
         order by payer.place, found.spelling limit 1"
    );
    let mut rows: Vec<Row> = db
        .query_as_caller(call, question, |it| {
            it.bind(payers.clone()).bind(number.clone()).bind(indexes.clone())
        })
        .await?;
    rows.pop().map(Row::person).transpose()
}

/// The member whose code it was, and the phones they have now.
pub(crate) async fn find_holder(
    db: &Database,
    call: &Call,
    member: MemberId,
) -> Result<Option<(Summary, Phones)>> {
    let question = scoped_query!(select_summary!(
        ", m.mobile, m.phone, p.member_id as principal_id, p.mobile as principal_mobile, p.phone as principal_phone",
        "left join member p on p.member_id = m.principal_member_id where m.member_id = $4"
    ));
    let mut rows: Vec<HolderRow> = db.query_as_caller(call, question, |it| it.bind(member.uuid())).await?;
    let Some(row) = rows.pop() else { return Ok(None) };
    Ok(Some((row.member.summary()?, row.phones.of(member.uuid()))))
}

/// Counts one more wrong code in a row and, at `lock_at` of them, locks the member's codes.
/// True when this one locked them.
pub(crate) async fn insert_failure(
    conn: &mut PgConnection,
    subject: &[u8; 32],
    member: Option<(MemberId, OrganizationId)>,
    facility: OrganizationId,
    lock_at: u32,
    now: DateTime<Utc>,
) -> Result<bool> {
    let locked = sqlx::query_scalar(
        "with counted as (insert into code_failure as f (subject, known, consecutive, updated_at) \
         values ($1, $2::uuid is not null, 1, $5) on conflict (subject) do update \
         set consecutive = f.consecutive + 1, known = excluded.known, updated_at = excluded.updated_at \
         returning consecutive), \
         locked as (insert into code_lock (code_lock_id, member_id, payer_id, facility_id, locked_at) \
         select $7, $2, $3, $4, $5 from counted where consecutive >= $6 and $2::uuid is not null \
         on conflict (member_id) where lifted_at is null do nothing returning member_id) \
         select exists (select from locked) from counted",
    )
    .bind(&subject[..])
    .bind(member.map(|(id, _)| id.uuid()))
    .bind(member.map(|(_, payer)| payer.uuid()))
    .bind(facility.uuid())
    .bind(now)
    .bind(lock_at.cast_signed())
    .bind(careway_kernel::id_at(now))
    .fetch_one(conn)
    .await?;
    Ok(locked)
}

/// Forgets failures of identifiers that nobody is known by.
pub(crate) async fn delete_strangers(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query("delete from code_failure where not known and updated_at < $1")
        .bind(before)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

impl Row {
    fn person(self) -> Result<Person> {
        Ok(Person {
            id: MemberId::from_uuid(self.member_id),
            payer: OrganizationId::from_uuid(self.payer_id),
            language: Language::parse(&self.language).map_err(Error::internal)?,
            locked: self.locked,
            phones: self.phones.of(self.member_id),
        })
    }
}

impl PhoneColumns {
    fn of(self, member: Uuid) -> Phones {
        let place = |row, kind: ContactKind| Place::new(members::store::TABLE, kind.field(), row);
        let mut phones = vec![
            (place(member, ContactKind::Mobile), self.mobile),
            (place(member, ContactKind::Phone), self.phone),
        ];
        if let Some(principal) = self.principal_id {
            phones.push((place(principal, ContactKind::Mobile), self.principal_mobile));
            phones.push((place(principal, ContactKind::Phone), self.principal_phone));
        }
        Phones(phones)
    }
}

impl Phones {
    /// A made-up person's: opening it costs what opening a member's costs.
    pub(crate) fn decoy(data_keys: &DataKeys) -> Self {
        let place = Place::new(members::store::TABLE, ContactKind::Mobile.field(), Uuid::nil());
        Self(vec![(place, Some(data_keys.seal(place, "+250788000000")))])
    }

    /// Where an SMS goes: the member's mobile, else a phone that takes messages, else the principal's.
    pub(crate) fn sms_number(&self, data_keys: &DataKeys) -> Result<Option<PhoneNumber>> {
        for (place, sealed) in &self.0 {
            let Some(sealed) = sealed else { continue };
            let number = data_keys.open(*place, sealed).map_err(Error::internal)?;
            let number = PhoneNumber::from_e164(&number).map_err(Error::internal)?;
            if place.is_column(ContactKind::Mobile.field()) || number.is_mobile() {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }
}

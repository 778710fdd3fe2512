//! Members as they are read: contacts opened, national ids with them.

pub(crate) mod access;
pub(crate) mod code_lock;
pub(crate) mod contact;
pub(crate) mod national_id;
pub(crate) mod summary;
pub(crate) mod write;

use careway_kernel::{
    CountryCode, Email, Language, MemberId, MemberNumber, OrganizationId, PhoneNumber, Sex,
};
use careway_service::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{ContactKind, Facts, Home, Member, Principal, person_name::PersonName};
use crate::{
    data_keys::{DataKeys, Place},
    organizations::domain::parse_time_zone,
};

/// The table whose rows contacts are sealed for.
pub(crate) const TABLE: &str = "member";

#[derive(sqlx::FromRow)]
struct Row {
    member_id: Uuid,
    payer_id: Uuid,
    member_number: String,
    given_names: String,
    family_name: String,
    birth_date: NaiveDate,
    sex: String,
    phone: Option<Vec<u8>>,
    mobile: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    language: String,
    principal_member_id: Option<Uuid>,
    locked_at: Option<DateTime<Utc>>,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

macro_rules! select_member {
    ($rest:literal) => {
        concat!(
            "select m.member_id, m.payer_id, m.member_number, m.given_names, m.family_name, m.birth_date, m.sex, \
             m.phone, m.mobile, m.email, m.language, m.principal_member_id, l.locked_at, m.version, m.created_at, \
             m.updated_at from member m left join code_lock l on l.member_id = m.member_id and l.lifted_at is null ",
            $rest
        )
    };
}

/// The payer's member, if there is one.
pub(crate) async fn find_member(
    conn: &mut PgConnection,
    data_keys: &DataKeys,
    payer: OrganizationId,
    id: MemberId,
) -> Result<Option<Member>> {
    let rows = sqlx::query_as::<_, Row>(select_member!("where m.payer_id = $1 and m.member_id = $2"))
        .bind(payer.uuid())
        .bind(id.uuid())
        .fetch_all(&mut *conn)
        .await?;
    Ok(complete(conn, data_keys, rows).await?.pop())
}

/// The payer's member, for changing.
pub(crate) async fn lock_member(
    conn: &mut PgConnection,
    data_keys: &DataKeys,
    payer: OrganizationId,
    id: MemberId,
) -> Result<Option<Member>> {
    let rows = sqlx::query_as::<_, Row>(select_member!(
        "where m.payer_id = $1 and m.member_id = $2 for update of m"
    ))
    .bind(payer.uuid())
    .bind(id.uuid())
    .fetch_all(&mut *conn)
    .await?;
    Ok(complete(conn, data_keys, rows).await?.pop())
}

/// The payer's members of these numbers, for changing; locked in the order of their numbers.
pub(crate) async fn lock_by_numbers(
    conn: &mut PgConnection,
    data_keys: &DataKeys,
    payer: OrganizationId,
    numbers: &[String],
) -> Result<Vec<Member>> {
    let rows = sqlx::query_as::<_, Row>(select_member!(
        "where m.payer_id = $1 and m.member_number = any($2) order by m.member_number for update of m"
    ))
    .bind(payer.uuid())
    .bind(numbers)
    .fetch_all(&mut *conn)
    .await?;
    complete(conn, data_keys, rows).await
}

/// The payer's member, system-wide: for Careway's own services.
pub(crate) async fn find_member_anywhere(
    conn: &mut PgConnection,
    data_keys: &DataKeys,
    id: MemberId,
) -> Result<Option<Member>> {
    let rows = sqlx::query_as::<_, Row>(select_member!("where m.member_id = $1"))
        .bind(id.uuid())
        .fetch_all(&mut *conn)
        .await?;
    Ok(complete(conn, data_keys, rows).await?.pop())
}

/// A principal and whose dependant it is, kept from changing until the end of the transaction.
pub(crate) async fn lock_principal(
    conn: &mut PgConnection,
    payer: OrganizationId,
    id: MemberId,
) -> Result<Principal> {
    let found: Option<(Uuid, Option<Uuid>)> = sqlx::query_as(
        "select member_id, principal_member_id from member where payer_id = $1 and member_id = $2 for share",
    )
    .bind(payer.uuid())
    .bind(id.uuid())
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(id, principal)| (MemberId::from_uuid(id), principal.map(MemberId::from_uuid))))
}

/// Principals by number, kept from changing until the end of the transaction.
pub(crate) async fn lock_principals_by_numbers(
    conn: &mut PgConnection,
    payer: OrganizationId,
    numbers: &[String],
) -> Result<Vec<(String, MemberId, Option<MemberId>)>> {
    let found: Vec<(String, Uuid, Option<Uuid>)> = sqlx::query_as(
        "select member_number, member_id, principal_member_id from member \
         where payer_id = $1 and member_number = any($2) order by member_number for share",
    )
    .bind(payer.uuid())
    .bind(numbers)
    .fetch_all(conn)
    .await?;
    let ids = |(number, id, principal): (String, Uuid, Option<Uuid>)| {
        (number, MemberId::from_uuid(id), principal.map(MemberId::from_uuid))
    };
    Ok(found.into_iter().map(ids).collect())
}

/// Those of the members who have dependants.
pub(crate) async fn list_with_dependants(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<MemberId>> {
    let found: Vec<Uuid> = sqlx::query_scalar(
        "select distinct principal_member_id from member where principal_member_id = any($1)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(MemberId::from_uuid).collect())
}

/// Country, time zone and language of a payer.
pub(crate) async fn get_home(conn: &mut PgConnection, payer: OrganizationId) -> Result<Home> {
    let (country, zone, locale): (String, String, String) =
        sqlx::query_as("select country, time_zone, locale from organization where organization_id = $1")
            .bind(payer.uuid())
            .fetch_optional(conn)
            .await?
            .ok_or_else(|| Error::not_found("organization"))?;
    Ok(Home {
        country: CountryCode::parse(&country).map_err(Error::internal)?,
        zone: parse_time_zone(&zone).map_err(Error::internal)?,
        language: Language::parse(&locale).map_err(Error::internal)?,
    })
}

async fn complete(conn: &mut PgConnection, data_keys: &DataKeys, rows: Vec<Row>) -> Result<Vec<Member>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.member_id).collect();
    let mut held = national_id::list_national_ids(conn, data_keys, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let national_ids = held.remove(&row.member_id).unwrap_or_default();
            row.member(data_keys).map(|member| Member { national_ids, ..member }).map_err(Error::from)
        })
        .collect()
}

impl Row {
    fn member(self, data_keys: &DataKeys) -> anyhow::Result<Member> {
        let id = self.member_id;
        let open = |kind: ContactKind, sealed: &Option<Vec<u8>>| {
            sealed
                .as_deref()
                .map(|sealed| data_keys.open(Place::new(TABLE, kind.field(), id), sealed))
                .transpose()
        };
        let phone = open(ContactKind::Phone, &self.phone)?;
        let mobile = open(ContactKind::Mobile, &self.mobile)?;
        let email = open(ContactKind::Email, &self.email)?;
        Ok(Member {
            id: MemberId::from_uuid(id),
            payer: OrganizationId::from_uuid(self.payer_id),
            facts: Facts {
                number: MemberNumber::parse(&self.member_number)?,
                name: PersonName::stored(&self.given_names, &self.family_name)?,
                birth_date: self.birth_date,
                sex: Sex::parse(&self.sex)?,
                phone: phone.map(|text| PhoneNumber::from_e164(&text)).transpose()?,
                mobile: mobile.map(|text| PhoneNumber::from_e164(&text)).transpose()?,
                email: email.map(|text| Email::parse(&text)).transpose()?,
                language: Language::parse(&self.language)?,
                principal: self.principal_member_id.map(MemberId::from_uuid),
            },
            national_ids: Vec::new(),
            codes_locked_at: self.locked_at,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

//! Members as they are kept: many in one statement, contacts sealed.

use careway_kernel::{MemberId, OrganizationId};
use careway_service::{OnConstraint, Result};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{TABLE, national_id};
use crate::{
    data_keys::{DataKeys, Place},
    members::domain::{ContactKind, Member, refusal::Refusal},
};

/// Columns of many members, for `unnest`.
#[derive(Default)]
struct Columns {
    id: Vec<Uuid>,
    number: Vec<String>,
    given_names: Vec<String>,
    family_name: Vec<String>,
    folded_name: Vec<String>,
    birth_date: Vec<NaiveDate>,
    sex: Vec<&'static str>,
    phone: Vec<Option<Vec<u8>>>,
    mobile: Vec<Option<Vec<u8>>>,
    email: Vec<Option<Vec<u8>>>,
    language: Vec<&'static str>,
    principal: Vec<Option<Uuid>>,
    version: Vec<i64>,
    at: Vec<DateTime<Utc>>,
}

impl Columns {
    fn of(data_keys: &DataKeys, members: &[Member]) -> Self {
        let mut columns = Self::default();
        for member in members {
            let (id, facts) = (member.id.uuid(), &member.facts);
            let seal = |kind: ContactKind| {
                facts.contact(kind).map(|text| data_keys.seal(Place::new(TABLE, kind.field(), id), text))
            };
            columns.id.push(id);
            columns.number.push(facts.number.as_str().to_owned());
            columns.given_names.push(facts.name.given_names().to_owned());
            columns.family_name.push(facts.name.family_name().to_owned());
            columns.folded_name.push(facts.name.folded());
            columns.birth_date.push(facts.birth_date);
            columns.sex.push(facts.sex.as_str());
            columns.phone.push(seal(ContactKind::Phone));
            columns.mobile.push(seal(ContactKind::Mobile));
            columns.email.push(seal(ContactKind::Email));
            columns.language.push(facts.language.as_str());
            columns.principal.push(facts.principal.map(MemberId::uuid));
            columns.version.push(member.version);
            columns.at.push(member.updated_at);
        }
        columns
    }
}

/// Keeps new members of one payer with their national ids; a principal comes before its dependants.
pub(crate) async fn insert_members(
    conn: &mut PgConnection,
    data_keys: &DataKeys,
    payer: OrganizationId,
    members: &[Member],
) -> Result<()> {
    let columns = Columns::of(data_keys, members);
    sqlx::query(
        "insert into member (member_id, payer_id, member_number, given_names, family_name, folded_name, birth_date, \
         sex, phone, mobile, email, language, principal_member_id, version, created_at, updated_at) \
         select member_id, $1, member_number, given_names, family_name, folded_name, birth_date, sex, phone, mobile, \
         email, language, principal_member_id, version, at, at \
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[], $9::bytea[], \
         $10::bytea[], $11::bytea[], $12::text[], $13::uuid[], $14::bigint[], $15::timestamptz[]) \
         as u (member_id, member_number, given_names, family_name, folded_name, birth_date, sex, phone, mobile, email, \
         language, principal_member_id, version, at)",
    )
    .bind(payer.uuid())
    .bind(&columns.id)
    .bind(&columns.number)
    .bind(&columns.given_names)
    .bind(&columns.family_name)
    .bind(&columns.folded_name)
    .bind(&columns.birth_date)
    .bind(&columns.sex)
    .bind(&columns.phone)
    .bind(&columns.mobile)
    .bind(&columns.email)
    .bind(&columns.language)
    .bind(&columns.principal)
    .bind(&columns.version)
    .bind(&columns.at)
    .execute(&mut *conn)
    .await
    .on_constraint("member_number_key", || Refusal::NumberTaken)?;
    let held: Vec<_> =
        members.iter().flat_map(|member| member.national_ids.iter().map(|held| (member.id, held))).collect();
    national_id::insert_national_ids(conn, data_keys, payer, &held).await
}

/// Keeps changed members of one payer; their national ids apart.
pub(crate) async fn update_members(
    conn: &mut PgConnection,
    data_keys: &DataKeys,
    payer: OrganizationId,
    members: &[Member],
) -> Result<()> {
    let columns = Columns::of(data_keys, members);
    sqlx::query(
        "update member m set member_number = u.member_number, given_names = u.given_names, \
         family_name = u.family_name, folded_name = u.folded_name, birth_date = u.birth_date, sex = u.sex, \
         phone = u.phone, mobile = u.mobile, email = u.email, language = u.language, \
         principal_member_id = u.principal_member_id, version = u.version, updated_at = u.at \
         from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::text[], $9::bytea[], \
         $10::bytea[], $11::bytea[], $12::text[], $13::uuid[], $14::bigint[], $15::timestamptz[]) \
         as u (member_id, member_number, given_names, family_name, folded_name, birth_date, sex, phone, mobile, email, \
         language, principal_member_id, version, at) \
         where m.payer_id = $1 and m.member_id = u.member_id",
    )
    .bind(payer.uuid())
    .bind(&columns.id)
    .bind(&columns.number)
    .bind(&columns.given_names)
    .bind(&columns.family_name)
    .bind(&columns.folded_name)
    .bind(&columns.birth_date)
    .bind(&columns.sex)
    .bind(&columns.phone)
    .bind(&columns.mobile)
    .bind(&columns.email)
    .bind(&columns.language)
    .bind(&columns.principal)
    .bind(&columns.version)
    .bind(&columns.at)
    .execute(conn)
    .await
    .on_constraint("member_number_key", || Refusal::NumberTaken)?;
    Ok(())
}

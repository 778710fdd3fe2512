//! Listed persons as the columns that statements take.

use careway_kernel::OrganizationId;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Postgres, postgres::PgArguments, query::Query};
use uuid::Uuid;

use super::super::prepared::Written;

/// Listed persons as rows: `$3` to `$22`, as [`bound`] binds them.
macro_rules! listed {
    () => {
        "unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bytea[], $8::bytea[], $9::text[],
            $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[], $16::bytea[], $17::text[],
            $18::bytea[], $19::bytea[], $20::bytea[], $21::bytea[], $22::date[])
            as l (id, agency, number, card_code, citizen_id, citizen_id_index, full_name, folded_name,
                given_name_first, birth, address, household, phone, phone_index, phone_kind, mobile, mobile_index,
                email, email_index, last_day)"
    };
}

/// Binds persons of an authority, and the instant they are written at: `$1` to `$22`.
pub(super) fn bound<'q>(
    statement: &'static str,
    authority: OrganizationId,
    now: DateTime<Utc>,
    rows: &'q [Written],
) -> Query<'q, Postgres, PgArguments> {
    let columns = Columns::of(rows);
    sqlx::query(statement)
        .bind(authority.uuid())
        .bind(now)
        .bind(columns.ids)
        .bind(columns.agencies)
        .bind(columns.numbers)
        .bind(columns.card_codes)
        .bind(columns.citizen_ids)
        .bind(columns.citizen_id_indexes)
        .bind(columns.full_names)
        .bind(columns.folded_names)
        .bind(columns.given_names_first)
        .bind(columns.births)
        .bind(columns.addresses)
        .bind(columns.households)
        .bind(columns.phones)
        .bind(columns.phone_indexes)
        .bind(columns.phone_kinds)
        .bind(columns.mobiles)
        .bind(columns.mobile_indexes)
        .bind(columns.emails)
        .bind(columns.email_indexes)
        .bind(columns.last_days)
}

pub(super) use listed;

/// Rows as columns.
struct Columns<'a> {
    ids: Vec<Uuid>,
    agencies: Vec<Uuid>,
    numbers: Vec<&'a str>,
    card_codes: Vec<Option<&'a str>>,
    citizen_ids: Vec<Option<&'a [u8]>>,
    citizen_id_indexes: Vec<Option<&'a [u8]>>,
    full_names: Vec<&'a str>,
    folded_names: Vec<&'a str>,
    given_names_first: Vec<&'a str>,
    births: Vec<&'a str>,
    addresses: Vec<&'a str>,
    households: Vec<&'a str>,
    phones: Vec<Option<&'a [u8]>>,
    phone_indexes: Vec<Option<&'a [u8]>>,
    phone_kinds: Vec<Option<&'a str>>,
    mobiles: Vec<Option<&'a [u8]>>,
    mobile_indexes: Vec<Option<&'a [u8]>>,
    emails: Vec<Option<&'a [u8]>>,
    email_indexes: Vec<Option<&'a [u8]>>,
    last_days: Vec<NaiveDate>,
}

impl<'a> Columns<'a> {
    fn of(rows: &'a [Written]) -> Self {
        let sealed = |at: usize| rows.iter().map(|row| row.contacts[at].as_deref()).collect();
        let indexes = |at: usize| rows.iter().map(|row| row.found.contacts[at].as_deref()).collect();
        let texts = |text: fn(&Written) -> &str| rows.iter().map(text).collect();
        Self {
            ids: rows.iter().map(|row| row.id).collect(),
            agencies: rows.iter().map(|row| row.listed.agency.uuid()).collect(),
            numbers: texts(|row| &row.listed.bhxh_number),
            card_codes: rows.iter().map(|row| row.listed.card_code.as_deref()).collect(),
            citizen_ids: rows.iter().map(|row| row.citizen_id.as_deref()).collect(),
            citizen_id_indexes: rows.iter().map(|row| row.found.citizen_id.as_deref()).collect(),
            full_names: texts(|row| &row.listed.full_name),
            folded_names: texts(|row| &row.folded_name),
            given_names_first: texts(|row| &row.given_name_first),
            births: texts(|row| &row.listed.birth),
            addresses: texts(|row| &row.listed.address),
            households: texts(|row| &row.listed.household),
            phones: sealed(0),
            phone_indexes: indexes(0),
            phone_kinds: rows
                .iter()
                .map(|row| row.listed.phone.as_ref().map(|it| it.kind.as_str()))
                .collect(),
            mobiles: sealed(1),
            mobile_indexes: indexes(1),
            emails: sealed(2),
            email_indexes: indexes(2),
            last_days: rows.iter().map(|row| row.last_day).collect(),
        }
    }
}

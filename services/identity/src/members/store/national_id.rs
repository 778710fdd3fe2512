//! National ids: sealed, and found by a keyed hash.

use std::collections::HashMap;

use careway_kernel::{CountryCode, MemberId, NationalId, NationalIdKind, OrganizationId};
use careway_service::{Error, OnConstraint, Result};
use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    data_keys::{DataKeys, Place},
    members::domain::{Change, HeldNationalId, national_id::NationalIdText, refusal::Refusal},
};

const TABLE: &str = "member_national_id";

#[derive(sqlx::FromRow)]
struct Row {
    national_id_id: Uuid,
    member_id: Uuid,
    country: String,
    kind: String,
    number: Vec<u8>,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

/// The national ids of members, the earliest first.
pub(crate) async fn list_national_ids(
    conn: &mut PgConnection,
    data_keys: &DataKeys,
    members: &[Uuid],
) -> Result<HashMap<Uuid, Vec<HeldNationalId>>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select national_id_id, member_id, country, kind, number, valid_from, valid_to from member_national_id \
         where member_id = any($1) order by member_id, national_id_id",
    )
    .bind(members)
    .fetch_all(conn)
    .await?;
    let mut held: HashMap<Uuid, Vec<HeldNationalId>> = HashMap::new();
    for row in rows {
        let member = row.member_id;
        held.entry(member).or_default().push(row.held(data_keys)?);
    }
    Ok(held)
}

/// Keeps ids told for the first time.
pub(crate) async fn insert_national_ids(
    conn: &mut PgConnection,
    data_keys: &DataKeys,
    payer: OrganizationId,
    held: &[(MemberId, &HeldNationalId)],
) -> Result<()> {
    if held.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = held.iter().map(|(_, held)| held.id).collect();
    let members: Vec<Uuid> = held.iter().map(|(member, _)| member.uuid()).collect();
    let countries: Vec<String> = held.iter().map(|(_, held)| held.number.country().to_string()).collect();
    let kinds: Vec<&str> = held.iter().map(|(_, held)| held.number.kind().as_str()).collect();
    let numbers: Vec<Vec<u8>> = held
        .iter()
        .map(|(_, held)| data_keys.seal(Place::new(TABLE, "number", held.id), held.number.as_str()))
        .collect();
    let indexes: Vec<Vec<u8>> =
        held.iter().map(|(_, held)| data_keys.national_id_index(held.number.as_str()).to_vec()).collect();
    let from: Vec<NaiveDate> = held.iter().map(|(_, held)| held.from).collect();
    sqlx::query(
        "insert into member_national_id (national_id_id, member_id, payer_id, country, kind, number, number_index, \
         valid_from) select national_id_id, member_id, $1, country, kind, number, number_index, valid_from \
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::bytea[], $8::date[]) \
         as u (national_id_id, member_id, country, kind, number, number_index, valid_from)",
    )
    .bind(payer.uuid())
    .bind(ids)
    .bind(members)
    .bind(countries)
    .bind(kinds)
    .bind(numbers)
    .bind(indexes)
    .bind(from)
    .execute(conn)
    .await
    .on_constraint("member_national_id_key", || Refusal::NationalIdTaken)?;
    Ok(())
}

/// Ends and reopens ids as changes of members say.
pub(crate) async fn update_national_ids<'a>(
    conn: &mut PgConnection,
    changes: impl IntoIterator<Item = &'a Change>,
    today: NaiveDate,
) -> Result<()> {
    let (mut closed, mut reopened) = (Vec::new(), Vec::new());
    for change in changes {
        closed.extend_from_slice(&change.closed_national_ids);
        reopened.extend_from_slice(&change.reopened_national_ids);
    }
    if closed.is_empty() && reopened.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update member_national_id set valid_to = case when national_id_id = any($1) \
         then greatest($3, valid_from) end where national_id_id = any($1 || $2)",
    )
    .bind(closed)
    .bind(reopened)
    .bind(today)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a national id that somebody says is found by, however it is kept.
pub(crate) fn indexes(data_keys: &DataKeys, number: &NationalIdText) -> Vec<Vec<u8>> {
    number.spellings().iter().map(|it| data_keys.national_id_index(it).to_vec()).collect()
}

/// Who of the payer's members has which of these numbers, by [`DataKeys::national_id_index`].
pub(crate) async fn list_owners(
    conn: &mut PgConnection,
    payer: OrganizationId,
    indexes: &[Vec<u8>],
) -> Result<Vec<(Vec<u8>, MemberId)>> {
    let found: Vec<(Vec<u8>, Uuid)> = sqlx::query_as(
        "select number_index, member_id from member_national_id where payer_id = $1 and number_index = any($2)",
    )
    .bind(payer.uuid())
    .bind(indexes)
    .fetch_all(conn)
    .await?;
    Ok(found.into_iter().map(|(index, id)| (index, MemberId::from_uuid(id))).collect())
}

impl Row {
    fn held(self, data_keys: &DataKeys) -> Result<HeldNationalId> {
        let id = self.national_id_id;
        let number =
            data_keys.open(Place::new(TABLE, "number", id), &self.number).map_err(Error::internal)?;
        let country = CountryCode::parse(&self.country).map_err(Error::internal)?;
        let kind = NationalIdKind::find(&self.kind).unwrap_or(NationalIdKind::Other);
        Ok(HeldNationalId {
            id,
            number: NationalId::stored(country, kind, number),
            from: self.valid_from,
            to: self.valid_to,
        })
    }
}

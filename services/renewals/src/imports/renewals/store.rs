//! Listed cards in the table `renewal_item`.

use careway_kernel::{OrganizationId, id_at};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::imports::domain::{KnownItem, ListedRenewal};

/// The cards that are known by these numbers and last days, locked.
pub(super) async fn lock_items(
    conn: &mut PgConnection,
    authority: OrganizationId,
    listed: &[&ListedRenewal],
) -> Result<Vec<(String, NaiveDate, KnownItem)>> {
    let numbers: Vec<&str> = listed.iter().map(|listed| listed.bhxh_number.as_str()).collect();
    let days: Vec<NaiveDate> = listed.iter().map(|listed| listed.last_day).collect();
    let rows: Vec<(String, NaiveDate, Uuid, Uuid, bool)> = sqlx::query_as(
        "select i.bhxh_number, i.last_day, i.renewal_item_id, i.agency_id, i.renewal_id is not null
         from unnest($2::text[], $3::date[]) as l (bhxh_number, last_day)
         join renewal_item i on i.authority_id = $1 and i.bhxh_number = l.bhxh_number and i.last_day = l.last_day
         order by i.renewal_item_id for update of i",
    )
    .bind(authority.uuid())
    .bind(numbers)
    .bind(days)
    .fetch_all(conn)
    .await?;
    let known = |(number, day, id, agency, is_renewed)| {
        (number, day, KnownItem { id, agency: OrganizationId::from_uuid(agency), is_renewed })
    };
    Ok(rows.into_iter().map(known).collect())
}

/// New cards.
pub(super) async fn insert_items(
    conn: &mut PgConnection,
    authority: OrganizationId,
    now: DateTime<Utc>,
    listed: &[&ListedRenewal],
) -> Result<()> {
    if listed.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = listed.iter().map(|_| id_at(now)).collect();
    let agencies: Vec<Uuid> = listed.iter().map(|listed| listed.agency.uuid()).collect();
    let numbers: Vec<&str> = listed.iter().map(|listed| listed.bhxh_number.as_str()).collect();
    let days: Vec<NaiveDate> = listed.iter().map(|listed| listed.last_day).collect();
    sqlx::query(
        "insert into renewal_item (renewal_item_id, authority_id, agency_id, bhxh_number, last_day, created_at)
         select l.id, $1, l.agency, l.bhxh_number, l.last_day, $2
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::date[]) as l (id, agency, bhxh_number, last_day)",
    )
    .bind(authority.uuid())
    .bind(now)
    .bind(ids)
    .bind(agencies)
    .bind(numbers)
    .bind(days)
    .execute(conn)
    .await?;
    Ok(())
}

/// Cards that another agency collects for.
pub(super) async fn update_items(conn: &mut PgConnection, items: &[(Uuid, OrganizationId)]) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let (ids, agencies): (Vec<Uuid>, Vec<Uuid>) =
        items.iter().map(|(id, agency)| (*id, agency.uuid())).unzip();
    sqlx::query(
        "update renewal_item i set agency_id = l.agency, version = i.version + 1
         from unnest($1::uuid[], $2::uuid[]) as l (id, agency) where i.renewal_item_id = l.id",
    )
    .bind(ids)
    .bind(agencies)
    .execute(conn)
    .await?;
    Ok(())
}

//! The table `contact_digest`, and the contacts that it is about.

use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// An agency that has contacts which became suspect since its last digest.
#[derive(FromRow)]
pub(super) struct Suspecting {
    pub(super) agency_id: Uuid,
    pub(super) time_zone: Option<String>,
    /// The day of its last digest.
    pub(super) last_day: Option<NaiveDate>,
}

/// A digest that is made.
pub(super) struct NewDigest {
    pub(super) contact_digest_id: Uuid,
    pub(super) agency_id: Uuid,
    pub(super) day: NaiveDate,
}

/// Every agency of whose participants somebody's contact became suspect since it was told last.
pub(super) async fn list_suspecting(conn: &mut PgConnection) -> Result<Vec<Suspecting>> {
    let agencies = sqlx::query_as(
        "select distinct p.agency_id, o.time_zone, last.day as last_day
         from participant p
         left join organization_ref o on o.organization_id = p.agency_id
         left join lateral (select day, told_at from contact_digest d where d.agency_id = p.agency_id
                            order by day desc limit 1) last on true
         where p.suspect_at is not null and (p.mobile_suspect or p.email_suspect)
             and (last.told_at is null or p.suspect_at > last.told_at)",
    );
    Ok(agencies.fetch_all(conn).await?)
}

/// Makes the digest of a day; false when another process has made it.
pub(super) async fn insert_digest(
    conn: &mut PgConnection,
    digest: &NewDigest,
    now: DateTime<Utc>,
) -> Result<bool> {
    let made = sqlx::query(
        "insert into contact_digest (contact_digest_id, agency_id, day, told_at) values ($1, $2, $3, $4)
         on conflict (agency_id, day) do nothing",
    )
    .bind(digest.contact_digest_id)
    .bind(digest.agency_id)
    .bind(digest.day)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(made.rows_affected() > 0)
}

/// How many participants of a digest's agency messages do not reach now; none when there is no such digest.
pub(super) async fn find_suspect_count(conn: &mut PgConnection, digest: Uuid) -> Result<Option<i64>> {
    let count = sqlx::query_scalar(
        "select (select count(*) from participant p
                 where p.agency_id = d.agency_id and p.suspect_at is not null and (p.mobile_suspect or p.email_suspect))
         from contact_digest d where d.contact_digest_id = $1",
    );
    Ok(count.bind(digest).fetch_optional(conn).await?)
}

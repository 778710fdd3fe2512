//! When routes were down.

use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A time in which a route took nothing.
#[derive(FromRow)]
pub(crate) struct Outage {
    pub(crate) route_outage_id: Uuid,
    pub(crate) route: String,
    pub(crate) ended_at: Option<DateTime<Utc>>,
}

/// A route is down, since now unless it was so already.
pub(crate) async fn insert_outage(
    conn: &mut PgConnection,
    id: Uuid,
    route: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into route_outage (route_outage_id, route, down_since) values ($1, $2, $3)
         on conflict (route) where ended_at is null do nothing",
    )
    .bind(id)
    .bind(route)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// These routes are up again.
pub(crate) async fn update_ended(
    conn: &mut PgConnection,
    routes: &[String],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("update route_outage set ended_at = $2 where route = any($1) and ended_at is null")
        .bind(routes)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// The outages that have lasted since before then and were not told of, which they are now.
pub(crate) async fn update_told(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Outage>> {
    let told = sqlx::query_as(
        "update route_outage set told_at = $2 where ended_at is null and told_at is null and down_since <= $1
         returning route_outage_id, route, ended_at",
    );
    Ok(told.bind(before).bind(now).fetch_all(conn).await?)
}

/// One of them.
pub(crate) async fn find_outage(conn: &mut PgConnection, id: Uuid) -> Result<Option<Outage>> {
    let outage = sqlx::query_as(
        "select route_outage_id, route, ended_at from route_outage where route_outage_id = $1",
    );
    Ok(outage.bind(id).fetch_optional(conn).await?)
}

//! The table `connection_pulse`.

use careway_kernel::ConnectionId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::connections::domain::pulse::Pulse;

/// A system that is to be asked whether it is well.
#[derive(Debug, Clone)]
pub(crate) struct DuePulse {
    pub(crate) connection: ConnectionId,
    pub(crate) health_url: String,
}

/// Takes systems that were not asked since then: another replica does not find them any more.
pub(crate) async fn update_asked(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<DuePulse>> {
    let due: Vec<(Uuid, String)> = sqlx::query_as(
        "with due as (
            select c.connection_id, c.health_url from connection c
            left join connection_pulse p using (connection_id)
            where c.state in ('LIVE', 'SUSPENDED') and c.health_url is not null
              and (p.asked_at is null or p.asked_at <= $1)
            order by c.connection_id limit $3 for update of c skip locked),
         asked as (
            insert into connection_pulse (connection_id, failures, successes, asked_at)
            select connection_id, 0, 0, $2 from due
            on conflict (connection_id) do update set asked_at = excluded.asked_at
            where connection_pulse.asked_at <= $1 returning connection_id)
         select connection_id, health_url from due join asked using (connection_id)",
    )
    .bind(since)
    .bind(now)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    let pulse = |(id, health_url)| DuePulse { connection: ConnectionId::from_uuid(id), health_url };
    Ok(due.into_iter().map(pulse).collect())
}

/// How a connection's system answered of late.
pub(crate) async fn get_pulse(conn: &mut PgConnection, id: ConnectionId) -> Result<Pulse> {
    let pulse: Option<(i32, i32)> =
        sqlx::query_as("select failures, successes from connection_pulse where connection_id = $1")
            .bind(id.uuid())
            .fetch_optional(conn)
            .await?;
    Ok(pulse.map_or_else(Pulse::default, |(failures, successes)| Pulse { failures, successes }))
}

/// The same after one more answer.
pub(crate) async fn update_pulse(conn: &mut PgConnection, id: ConnectionId, pulse: Pulse) -> Result<()> {
    sqlx::query("update connection_pulse set failures = $2, successes = $3 where connection_id = $1")
        .bind(id.uuid())
        .bind(pulse.failures)
        .bind(pulse.successes)
        .execute(conn)
        .await?;
    Ok(())
}

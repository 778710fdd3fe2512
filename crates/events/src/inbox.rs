//! SQL over the inbox: which events a purpose has taken.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Notes these events as taken, and says which of them are new. A twin that is at work on one of them is waited for.
pub(crate) async fn insert_new(
    connection: &mut PgConnection,
    purpose: &str,
    events: impl Iterator<Item = Uuid>,
    at: DateTime<Utc>,
) -> sqlx::Result<HashSet<Uuid>> {
    let mut events: Vec<Uuid> = events.collect();
    // One order for everybody, so that two replicas with the same events wait and never deadlock.
    events.sort_unstable();
    let new: Vec<Uuid> = sqlx::query_scalar(
        "insert into inbox (consumer, event_id, at) select $1, event_id, $3 from unnest($2::uuid[]) as event_id \
         on conflict do nothing returning event_id",
    )
    .bind(purpose)
    .bind(events)
    .bind(at)
    .fetch_all(connection)
    .await?;
    Ok(new.into_iter().collect())
}

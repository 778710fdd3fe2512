//! The attempts to send, as their owner sees them.

use careway_kernel::WebhookEndpointId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// An attempt that was made.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Attempt {
    pub(crate) attempt_id: Uuid,
    pub(crate) event_id: Uuid,
    pub(crate) number: i32,
    pub(crate) at: DateTime<Utc>,
    pub(crate) milliseconds: i32,
    pub(crate) status: Option<i32>,
    pub(crate) failure: Option<String>,
}

/// A page of the attempts at an endpoint, newest first.
pub(crate) async fn list_attempts(
    conn: &mut PgConnection,
    endpoint: WebhookEndpointId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Attempt>> {
    let attempts = sqlx::query_as(
        "select attempt_id, event_id, number, at, milliseconds, status, failure from webhook_attempt
         where endpoint_id = $1 and ($2::uuid is null or attempt_id < $2) order by attempt_id desc limit $3",
    );
    Ok(attempts.bind(endpoint.uuid()).bind(before).bind(limit).fetch_all(conn).await?)
}

//! The table `webhook_secret`.

use careway_kernel::WebhookEndpointId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::webhook_endpoints::{
    domain::{Endpoint, secret::Secret},
    keys::{Made, WebhookKeys},
};

/// What signs now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Live {
    /// Newest first.
    pub(crate) public_keys: Vec<String>,
    pub(crate) count: usize,
}

#[derive(sqlx::FromRow)]
pub(super) struct LiveRow {
    count: i64,
    public_keys: Vec<String>,
}

impl From<LiveRow> for Live {
    fn from(row: LiveRow) -> Self {
        Self { public_keys: row.public_keys, count: usize::try_from(row.count).unwrap_or_default() }
    }
}

/// What signs for an endpoint now.
pub(crate) async fn find_live(
    conn: &mut PgConnection,
    id: WebhookEndpointId,
    now: DateTime<Utc>,
) -> Result<Live> {
    let row: LiveRow = sqlx::query_as(
        "select count(*) as count, coalesce(array_agg(public_key order by expires_at desc nulls first)
            filter (where public_key is not null), '{}') as public_keys
         from webhook_secret where endpoint_id = $1 and (expires_at is null or expires_at > $2)",
    )
    .bind(id.uuid())
    .bind(now)
    .fetch_one(conn)
    .await?;
    Ok(row.into())
}

/// A new secret of an endpoint.
pub(crate) async fn insert_secret(
    conn: &mut PgConnection,
    endpoint: &Endpoint,
    id: Uuid,
    made: &Made,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into webhook_secret (secret_id, endpoint_id, organization_id, sealed, public_key, created_at)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(endpoint.id.uuid())
    .bind(endpoint.organization.uuid())
    .bind(&made.sealed)
    .bind(&made.public)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The secret that was made last ends then.
pub(crate) async fn update_replaced(
    conn: &mut PgConnection,
    id: WebhookEndpointId,
    ends: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("update webhook_secret set expires_at = $2 where endpoint_id = $1 and expires_at is null")
        .bind(id.uuid())
        .bind(ends)
        .execute(conn)
        .await?;
    Ok(())
}

/// Erases the secrets that sign no more.
pub(crate) async fn delete_expired(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query("delete from webhook_secret where expires_at <= $1").bind(now).execute(conn).await?;
    Ok(())
}

/// What signs for an endpoint now, newest first.
pub(crate) async fn list_secrets(
    conn: &mut PgConnection,
    keys: &WebhookKeys,
    id: WebhookEndpointId,
    now: DateTime<Utc>,
) -> Result<Vec<Secret>> {
    let rows: Vec<(Uuid, Vec<u8>)> = sqlx::query_as(
        "select secret_id, sealed from webhook_secret
         where endpoint_id = $1 and (expires_at is null or expires_at > $2)
         order by expires_at desc nulls first, secret_id desc",
    )
    .bind(id.uuid())
    .bind(now)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|(secret, sealed)| keys.open(*secret, sealed)).collect()
}

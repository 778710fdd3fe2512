//! Links to choose a new password: one per account is good, once.

use careway_kernel::AccountId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::opaque_token::Digest256;

/// Keeps a new link; the one before dies.
pub(crate) async fn insert_password_reset(
    conn: &mut PgConnection,
    account: AccountId,
    digest: &Digest256,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into password_reset (account_id, token_digest, expires_at, created_at) values ($1, $2, $3, $4) \
         on conflict (account_id) do update set token_digest = excluded.token_digest, \
         expires_at = excluded.expires_at, created_at = excluded.created_at",
    )
    .bind(account.uuid())
    .bind(&digest[..])
    .bind(expires_at)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The account of a link that is good now.
pub(crate) async fn find_by_token(
    conn: &mut PgConnection,
    digest: &Digest256,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>> {
    let account: Option<Uuid> = sqlx::query_scalar(
        "select account_id from password_reset where token_digest = $1 and expires_at > $2",
    )
    .bind(&digest[..])
    .bind(now)
    .fetch_optional(conn)
    .await?;
    Ok(account.map(AccountId::from_uuid))
}

/// Takes a link that is good now; nobody else can take it.
pub(crate) async fn delete_by_token(
    conn: &mut PgConnection,
    digest: &Digest256,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>> {
    let account: Option<Uuid> = sqlx::query_scalar(
        "delete from password_reset where token_digest = $1 and expires_at > $2 returning account_id",
    )
    .bind(&digest[..])
    .bind(now)
    .fetch_optional(conn)
    .await?;
    Ok(account.map(AccountId::from_uuid))
}

//! Second factors: sealed TOTP secrets and recovery codes.

use careway_kernel::AccountId;
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A second factor as it is kept.
#[derive(sqlx::FromRow)]
pub(crate) struct SecondFactor {
    /// The sealed secret.
    pub(crate) sealed_secret: Vec<u8>,
    /// Since when signing in asks for it.
    pub(crate) confirmed_at: Option<DateTime<Utc>>,
    /// The last time step used.
    pub(crate) last_step: Option<i64>,
}

/// The account's second factor, locked.
pub(crate) async fn lock_second_factor(
    conn: &mut PgConnection,
    account: AccountId,
) -> Result<Option<SecondFactor>> {
    Ok(sqlx::query_as(
        "select sealed_secret, confirmed_at, last_step from totp where account_id = $1 for update",
    )
    .bind(account.uuid())
    .fetch_optional(conn)
    .await?)
}

/// Keeps a secret that is not confirmed yet, in place of another such; false when one is confirmed.
pub(crate) async fn insert_unconfirmed(
    conn: &mut PgConnection,
    account: AccountId,
    sealed_secret: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "insert into totp (account_id, sealed_secret, created_at) values ($1, $2, $3) \
         on conflict (account_id) do update set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at, \
         last_step = null where totp.confirmed_at is null",
    )
    .bind(account.uuid())
    .bind(sealed_secret)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Confirms the second factor by the step of its first code, and keeps the digests of its recovery codes.
pub(crate) async fn update_confirmed(
    conn: &mut PgConnection,
    account: AccountId,
    step: i64,
    recovery_codes: &[[u8; 32]],
    now: DateTime<Utc>,
) -> Result<()> {
    let digests: Vec<&[u8]> = recovery_codes.iter().map(|digest| &digest[..]).collect();
    sqlx::query("update totp set confirmed_at = $2, last_step = $3 where account_id = $1")
        .bind(account.uuid())
        .bind(now)
        .bind(step)
        .execute(&mut *conn)
        .await?;
    sqlx::query("insert into recovery_code (account_id, digest) select $1, digest from unnest($2::bytea[]) as code (digest)")
        .bind(account.uuid())
        .bind(digests)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a time step: false when it, or a later one, was taken before.
pub(crate) async fn update_step_taken(
    conn: &mut PgConnection,
    account: AccountId,
    step: i64,
) -> Result<bool> {
    let done = sqlx::query(
        "update totp set last_step = $2 where account_id = $1 and confirmed_at is not null \
         and (last_step is null or last_step < $2)",
    )
    .bind(account.uuid())
    .bind(step)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a recovery code: false when there is no such code, or it was taken before.
pub(crate) async fn update_recovery_code_taken(
    conn: &mut PgConnection,
    account: AccountId,
    digest: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query(
        "update recovery_code set used_at = $3 where account_id = $1 and digest = $2 and used_at is null",
    )
    .bind(account.uuid())
    .bind(&digest[..])
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How many recovery codes are left.
pub(crate) async fn get_recovery_codes_left(conn: &mut PgConnection, account: AccountId) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from recovery_code where account_id = $1 and used_at is null")
        .bind(account.uuid())
        .fetch_one(conn)
        .await?)
}

/// Removes the second factor and its recovery codes.
pub(crate) async fn delete_second_factor(conn: &mut PgConnection, account: AccountId) -> Result<()> {
    sqlx::query("delete from totp where account_id = $1").bind(account.uuid()).execute(conn).await?;
    Ok(())
}

//! People: their address and password, wherever they work. Only for signing in, accepting and resetting.

use careway_kernel::{AccountId, Email};
use careway_service::{Error, OnConstraint as _, Result, SharedReason};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// What signing in needs to know.
#[derive(sqlx::FromRow)]
pub(crate) struct Credentials {
    account_id: Uuid,
    /// The argon2id hash.
    pub(crate) password_hash: String,
    /// The sealed secret of a confirmed second factor.
    pub(crate) totp_sealed: Option<Vec<u8>>,
    /// The last time step used.
    pub(crate) totp_last_step: Option<i64>,
}

impl Credentials {
    pub(crate) fn account(&self) -> AccountId {
        AccountId::from_uuid(self.account_id)
    }
}

/// The credentials of an address.
pub(crate) async fn find_credentials(conn: &mut PgConnection, email: &Email) -> Result<Option<Credentials>> {
    Ok(sqlx::query_as(
        "select a.account_id, a.password_hash, t.sealed_secret as totp_sealed, t.last_step as totp_last_step \
         from account a left join totp t on t.account_id = a.account_id and t.confirmed_at is not null \
         where a.email = $1",
    )
    .bind(email.as_str())
    .fetch_optional(conn)
    .await?)
}

/// The account of an address.
pub(crate) async fn find_by_email(conn: &mut PgConnection, email: &Email) -> Result<Option<AccountId>> {
    let id: Option<Uuid> = sqlx::query_scalar("select account_id from account where email = $1")
        .bind(email.as_str())
        .fetch_optional(conn)
        .await?;
    Ok(id.map(AccountId::from_uuid))
}

/// The address of an account.
pub(crate) async fn get_email(conn: &mut PgConnection, id: AccountId) -> Result<Email> {
    let email: Option<String> = sqlx::query_scalar("select email from account where account_id = $1")
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    let email = email.ok_or_else(|| Error::not_found("account"))?;
    Email::parse(&email).map_err(Error::internal)
}

/// Keeps a new account.
pub(crate) async fn insert_account(
    conn: &mut PgConnection,
    id: AccountId,
    email: &Email,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "insert into account (account_id, email, password_hash, password_changed_at, created_at) \
         values ($1, $2, $3, $4, $4)",
    )
    .bind(id.uuid())
    .bind(email.as_str())
    .bind(password_hash)
    .bind(now)
    .execute(conn)
    .await
    .on_constraint("account_email_key", || {
        Error::new(SharedReason::Busy, "The account is being made right now; try again.")
    })?;
    Ok(())
}

/// Replaces the password.
pub(crate) async fn update_password(
    conn: &mut PgConnection,
    id: AccountId,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("update account set password_hash = $2, password_changed_at = $3 where account_id = $1")
        .bind(id.uuid())
        .bind(password_hash)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

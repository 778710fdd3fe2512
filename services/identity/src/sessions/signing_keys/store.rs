//! The keys that sign access tokens, their private halves sealed.

use careway_service::{NotWritten, OnConstraint as _, Result};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::SigningKey;
use crate::sessions::domain::refusal::Refusal;

#[derive(sqlx::FromRow)]
struct Row {
    kid: Uuid,
    public_key: Vec<u8>,
    sealed_seed: Vec<u8>,
    created_at: DateTime<Utc>,
    active_from: DateTime<Utc>,
    retired_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self) -> Result<(SigningKey, Vec<u8>)> {
        let public = self
            .public_key
            .try_into()
            .map_err(|_| anyhow::anyhow!("signing key {} cannot be read", self.kid))?;
        let key = SigningKey {
            kid: self.kid,
            public,
            created_at: self.created_at,
            active_from: self.active_from,
            retired_at: self.retired_at,
        };
        Ok((key, self.sealed_seed))
    }
}

/// Every key there is, with its sealed private half.
pub(crate) async fn list_keys(conn: &mut PgConnection) -> Result<Vec<(SigningKey, Vec<u8>)>> {
    let rows: Vec<Row> =
        sqlx::query_as("select * from signing_key order by active_from").fetch_all(conn).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Every key there is, locked: one rotation at a time.
pub(crate) async fn lock_keys(conn: &mut PgConnection) -> Result<Vec<SigningKey>> {
    let rows: Vec<Row> =
        sqlx::query_as("select * from signing_key order by active_from for update").fetch_all(conn).await?;
    rows.into_iter().map(|row| row.read().map(|(key, _)| key)).collect()
}

/// Keeps a new key, and that the one before retires when it begins to sign. Keys that nobody can hold a token of any
/// more are forgotten.
pub(crate) async fn insert_key(
    conn: &mut PgConnection,
    key: &SigningKey,
    sealed_seed: &[u8],
    forgotten: &[Uuid],
) -> Result<(), NotWritten<Refusal>> {
    sqlx::query("delete from signing_key where kid = any($1)").bind(forgotten).execute(&mut *conn).await?;
    sqlx::query("update signing_key set retired_at = $1 where retired_at is null")
        .bind(key.active_from)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "insert into signing_key (kid, public_key, sealed_seed, created_at, active_from) values ($1, $2, $3, $4, $5)",
    )
    .bind(key.kid)
    .bind(&key.public[..])
    .bind(sealed_seed)
    .bind(key.created_at)
    .bind(key.active_from)
    .execute(conn)
    .await
    .on_constraint("signing_key_current", || Refusal::RotationUnderWay)?;
    Ok(())
}

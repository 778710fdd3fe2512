//! Sessions and their refresh tokens.

use careway_kernel::{AccountId, OrganizationId, SessionId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::Session;
use crate::opaque_token::Digest256;
use crate::revocations::domain::EndReason;

#[derive(sqlx::FromRow)]
struct Row {
    session_id: Uuid,
    account_id: Uuid,
    organization_id: Uuid,
    amr: Vec<String>,
    created_at: DateTime<Utc>,
    idle_expires_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    end_reason: Option<String>,
}

impl From<Row> for Session {
    fn from(row: Row) -> Self {
        Self {
            id: SessionId::from_uuid(row.session_id),
            account: AccountId::from_uuid(row.account_id),
            organization: OrganizationId::from_uuid(row.organization_id),
            amr: row.amr,
            created_at: row.created_at,
            idle_expires_at: row.idle_expires_at,
            expires_at: row.expires_at,
            ended_at: row.ended_at,
            end_reason: row.end_reason.and_then(|reason| EndReason::parse(&reason)),
        }
    }
}

/// A refresh token as it was found, with its session.
#[derive(sqlx::FromRow)]
struct TokenRow {
    used: bool,
    #[sqlx(flatten)]
    session: Row,
}

/// Keeps a new session and its first refresh token.
pub(crate) async fn insert_session(
    conn: &mut PgConnection,
    session: &Session,
    token: &Digest256,
) -> Result<()> {
    sqlx::query(
        "with kept as (insert into session (session_id, account_id, organization_id, amr, created_at, idle_expires_at, \
         expires_at) values ($1, $2, $3, $4, $5, $6, $7)) \
         insert into refresh_token (digest, session_id, created_at) values ($8, $1, $5)",
    )
    .bind(session.id.uuid())
    .bind(session.account.uuid())
    .bind(session.organization.uuid())
    .bind(&session.amr)
    .bind(session.created_at)
    .bind(session.idle_expires_at)
    .bind(session.expires_at)
    .bind(&token[..])
    .execute(conn)
    .await?;
    Ok(())
}

/// The session of a refresh token, locked, and whether the token was used before.
pub(crate) async fn lock_by_token(
    conn: &mut PgConnection,
    token: &Digest256,
) -> Result<Option<(Session, bool)>> {
    // The session is locked first and the token read after: of two that come at once, the second sees it used.
    let id: Option<Uuid> = sqlx::query_scalar(
        "select s.session_id from refresh_token t join session s on s.session_id = t.session_id \
         where t.digest = $1 for update of s",
    )
    .bind(&token[..])
    .fetch_optional(&mut *conn)
    .await?;
    if id.is_none() {
        return Ok(None);
    }
    let row: TokenRow = sqlx::query_as(
        "select t.used_at is not null as used, s.* from refresh_token t join session s on s.session_id = t.session_id \
         where t.digest = $1",
    )
    .bind(&token[..])
    .fetch_one(conn)
    .await?;
    Ok(Some((row.session.into(), row.used)))
}

/// The session, locked.
pub(crate) async fn lock_session(conn: &mut PgConnection, id: SessionId) -> Result<Option<Session>> {
    let row: Option<Row> = sqlx::query_as("select * from session where session_id = $1 for update")
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(Session::from))
}

/// Keeps that a locked session goes on: the old token used up, the new one good.
pub(crate) async fn update_refreshed(
    conn: &mut PgConnection,
    session: &Session,
    used: &Digest256,
    next: &Digest256,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "with kept as (update session set idle_expires_at = $2 where session_id = $1), \
         used as (update refresh_token set used_at = $5 where digest = $3) \
         insert into refresh_token (digest, session_id, created_at) values ($4, $1, $5)",
    )
    .bind(session.id.uuid())
    .bind(session.idle_expires_at)
    .bind(&used[..])
    .bind(&next[..])
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps that a locked session is over.
pub(crate) async fn update_ended(conn: &mut PgConnection, session: &Session) -> Result<()> {
    sqlx::query("update session set ended_at = $2, end_reason = $3 where session_id = $1")
        .bind(session.id.uuid())
        .bind(session.ended_at)
        .bind(session.end_reason.map(|reason| reason.as_str()))
        .execute(conn)
        .await?;
    Ok(())
}

//! Ending what gives access, and what was ended lately: sessions and API clients, whosever they are.

use careway_kernel::{AccountId, ClientId, OrganizationId, SessionId};
use careway_service::Result;
use chrono::{DateTime, Duration, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{EndReason, Ended};

/// Which sessions end together.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    /// Every session of a person.
    Account(AccountId),
    /// A person's sessions in one organization.
    AccountIn(AccountId, OrganizationId),
    /// Those of suspended organizations.
    SuspendedOrganizations,
}

/// Ends living sessions, and returns them.
pub(crate) async fn update_sessions_ended(
    conn: &mut PgConnection,
    which: Which,
    reason: EndReason,
    now: DateTime<Utc>,
) -> Result<Vec<Ended>> {
    let (account, organization) = match which {
        Which::Account(account) => (Some(account), None),
        Which::AccountIn(account, organization) => (Some(account), Some(organization)),
        Which::SuspendedOrganizations => (None, None),
    };
    let rows: Vec<(Uuid, Uuid, Uuid)> = match account {
        Some(account) => {
            sqlx::query_as(
                "update session set ended_at = $3, end_reason = $4 where account_id = $1 \
                 and ($2::uuid is null or organization_id = $2) and ended_at is null and expires_at > $3 returning session_id, account_id, organization_id",
            )
            .bind(account.uuid())
            .bind(organization.map(OrganizationId::uuid))
            .bind(now)
            .bind(reason.as_str())
            .fetch_all(conn)
            .await?
        }
        None => {
            sqlx::query_as(
                "update session set ended_at = $1, end_reason = $2 where ended_at is null and expires_at > $1 \
                 and organization_id in (select organization_id from organization where suspended_at is not null) \
                 returning session_id, account_id, organization_id",
            )
            .bind(now)
            .bind(reason.as_str())
            .fetch_all(conn)
            .await?
        }
    };
    Ok(rows
        .into_iter()
        .map(|(session, account, organization)| Ended {
            session: SessionId::from_uuid(session),
            account: AccountId::from_uuid(account),
            organization: OrganizationId::from_uuid(organization),
            reason,
        })
        .collect())
}

/// Disables the API clients that a person made for an organization, and returns them.
pub(crate) async fn update_clients_disabled(
    conn: &mut PgConnection,
    maker: AccountId,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Vec<ClientId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "update api_client set disabled_at = $3 where organization_id = $2 and created_by = $1 \
         and deleted_at is null and disabled_at is null returning client_id",
    )
    .bind(maker.uuid())
    .bind(organization.uuid())
    .bind(now)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(ClientId::from_uuid).collect())
}

/// The sessions that ended since then, with the time.
pub(crate) async fn list_ended_sessions(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
    Ok(sqlx::query_as("select session_id, ended_at from session where ended_at > $1")
        .bind(since)
        .fetch_all(conn)
        .await?)
}

/// The clients whose tokens are refused since then: deleted and disabled ones, and those of suspended
/// organizations.
pub(crate) async fn list_refused_clients(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
) -> Result<Vec<(Uuid, DateTime<Utc>)>> {
    Ok(sqlx::query_as(
        "select client_id, deleted_at from api_client where deleted_at > $1 \
         union all select client_id, disabled_at from api_client where disabled_at > $1 \
         union all select c.client_id, o.suspended_at from organization o \
         join api_client c on c.organization_id = o.organization_id where o.suspended_at > $1",
    )
    .bind(since)
    .fetch_all(conn)
    .await?)
}

/// Forgets sessions that are long over, with their tokens.
pub(crate) async fn delete_old_sessions(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query("delete from session where expires_at < $1")
        .bind(now - Duration::days(30))
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

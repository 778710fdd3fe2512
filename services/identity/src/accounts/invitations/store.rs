//! Invitations.

use anyhow::Context as _;
use careway_kernel::{AccountId, Email, InvitationId, Names, OrganizationId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::Invitation;
use crate::opaque_token::Digest256;

#[derive(sqlx::FromRow)]
struct Row {
    invitation_id: Uuid,
    organization_id: Uuid,
    account_id: Uuid,
    email: String,
    name: String,
    roles: Vec<String>,
    token_digest: Vec<u8>,
    expires_at: DateTime<Utc>,
    accepted_at: Option<DateTime<Utc>>,
    accepted_by: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl Row {
    fn read(self) -> Result<Invitation> {
        let id = self.invitation_id;
        Ok(self.parse().with_context(|| format!("invitation {id} cannot be read"))?)
    }

    fn parse(self) -> anyhow::Result<Invitation> {
        Ok(Invitation {
            id: InvitationId::from_uuid(self.invitation_id),
            organization: OrganizationId::from_uuid(self.organization_id),
            account: AccountId::from_uuid(self.account_id),
            email: Email::parse(&self.email)?,
            name: Names::parse(&self.name)?,
            roles: self.roles,
            token_digest: self.token_digest.try_into().map_err(|_| anyhow::anyhow!("token digest"))?,
            expires_at: self.expires_at,
            accepted_at: self.accepted_at,
            accepted_by: self.accepted_by.map(AccountId::from_uuid),
            created_at: self.created_at,
        })
    }
}

/// The invitation of a link.
pub(crate) async fn find_by_token(conn: &mut PgConnection, digest: &Digest256) -> Result<Option<Invitation>> {
    let row: Option<Row> = sqlx::query_as("select * from invitation where token_digest = $1")
        .bind(&digest[..])
        .fetch_optional(conn)
        .await?;
    row.map(Row::read).transpose()
}

/// The invitation of a link, locked.
pub(crate) async fn lock_by_token(conn: &mut PgConnection, digest: &Digest256) -> Result<Option<Invitation>> {
    let row: Option<Row> = sqlx::query_as("select * from invitation where token_digest = $1 for update")
        .bind(&digest[..])
        .fetch_optional(conn)
        .await?;
    row.map(Row::read).transpose()
}

/// Keeps an invitation; one that waits for the same address in the same organization becomes this one, and keeps its
/// ids.
pub(crate) async fn insert_invitation(
    conn: &mut PgConnection,
    invitation: &Invitation,
) -> Result<Invitation> {
    let row: Row = sqlx::query_as(
        "insert into invitation (invitation_id, organization_id, account_id, email, name, roles, token_digest, \
         expires_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         on conflict (organization_id, email) where accepted_at is null do update \
         set name = excluded.name, roles = excluded.roles, token_digest = excluded.token_digest, \
         expires_at = excluded.expires_at returning *",
    )
    .bind(invitation.id.uuid())
    .bind(invitation.organization.uuid())
    .bind(invitation.account.uuid())
    .bind(invitation.email.as_str())
    .bind(invitation.name.as_str())
    .bind(&invitation.roles)
    .bind(&invitation.token_digest[..])
    .bind(invitation.expires_at)
    .bind(invitation.created_at)
    .fetch_one(conn)
    .await?;
    row.read()
}

/// Keeps that a locked invitation was accepted.
pub(crate) async fn update_accepted(conn: &mut PgConnection, invitation: &Invitation) -> Result<()> {
    sqlx::query("update invitation set accepted_at = $2, accepted_by = $3 where invitation_id = $1")
        .bind(invitation.id.uuid())
        .bind(invitation.accepted_at)
        .bind(invitation.accepted_by.map(AccountId::uuid))
        .execute(conn)
        .await?;
    Ok(())
}

//! Partner systems and the digests of their secrets.

use anyhow::Context as _;
use careway_kernel::{AccountId, ClientId, OrganizationId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{ApiClient, Previous, Secret};

#[derive(sqlx::FromRow)]
struct Row {
    client_id: Uuid,
    organization_id: Uuid,
    name: String,
    scopes: Vec<String>,
    secret_digest: Vec<u8>,
    secret_created_at: DateTime<Utc>,
    previous_digest: Option<Vec<u8>>,
    previous_expires_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    created_by: Option<Uuid>,
    disabled_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self) -> Result<ApiClient> {
        let previous = self.previous_digest.zip(self.previous_expires_at).map(|(digest, expires_at)| {
            Ok::<_, Vec<u8>>(Previous { digest: digest.try_into()?, expires_at })
        });
        let damaged = || format!("API client {} cannot be read", self.client_id);
        Ok(ApiClient {
            id: ClientId::from_uuid(self.client_id),
            organization: OrganizationId::from_uuid(self.organization_id),
            name: self.name,
            scopes: self.scopes,
            created_at: self.created_at,
            created_by: self.created_by.map(AccountId::from_uuid),
            disabled_at: self.disabled_at,
            secret: Secret {
                digest: self.secret_digest.try_into().ok().with_context(damaged)?,
                created_at: self.secret_created_at,
            },
            previous: previous.transpose().ok().with_context(damaged)?,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select client_id, organization_id, name, scopes, secret_digest, secret_created_at, previous_digest, \
             previous_expires_at, created_at, created_by, disabled_at from api_client where deleted_at is null ",
            $rest
        )
    };
}

/// The client, if the caller may see it.
pub(crate) async fn find_client(conn: &mut PgConnection, id: ClientId) -> Result<Option<ApiClient>> {
    let row: Option<Row> =
        sqlx::query_as(select!("and client_id = $1")).bind(id.uuid()).fetch_optional(conn).await?;
    row.map(Row::read).transpose()
}

/// The client, locked.
pub(crate) async fn lock_client(conn: &mut PgConnection, id: ClientId) -> Result<Option<ApiClient>> {
    let row: Option<Row> =
        sqlx::query_as(select!("and client_id = $1 for update")).bind(id.uuid()).fetch_optional(conn).await?;
    row.map(Row::read).transpose()
}

/// A page of the organization's clients, the newest first.
pub(crate) async fn list_clients(
    conn: &mut PgConnection,
    organization: OrganizationId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ApiClient>> {
    let rows: Vec<Row> = sqlx::query_as(select!(
        "and organization_id = $1 and ($2::uuid is null or client_id < $2) order by client_id desc limit $3"
    ))
    .bind(organization.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::read).collect()
}

/// Keeps a new client.
pub(crate) async fn insert_client(conn: &mut PgConnection, client: &ApiClient) -> Result<()> {
    sqlx::query(
        "insert into api_client (client_id, organization_id, name, scopes, secret_digest, secret_created_at, created_at, \
         created_by) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(client.id.uuid())
    .bind(client.organization.uuid())
    .bind(&client.name)
    .bind(&client.scopes)
    .bind(&client.secret.digest[..])
    .bind(client.secret.created_at)
    .bind(client.created_at)
    .bind(client.created_by.map(AccountId::uuid))
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps a locked client's secrets, and who answers for it.
pub(crate) async fn update_secrets(conn: &mut PgConnection, client: &ApiClient) -> Result<()> {
    sqlx::query(
        "update api_client set secret_digest = $2, secret_created_at = $3, previous_digest = $4, \
         previous_expires_at = $5, created_by = $6, disabled_at = $7 where client_id = $1",
    )
    .bind(client.id.uuid())
    .bind(&client.secret.digest[..])
    .bind(client.secret.created_at)
    .bind(client.previous.as_ref().map(|previous| &previous.digest[..]))
    .bind(client.previous.as_ref().map(|previous| previous.expires_at))
    .bind(client.created_by.map(AccountId::uuid))
    .bind(client.disabled_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps that a client is deleted.
pub(crate) async fn delete_client(conn: &mut PgConnection, id: ClientId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query("update api_client set deleted_at = $2 where client_id = $1")
        .bind(id.uuid())
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

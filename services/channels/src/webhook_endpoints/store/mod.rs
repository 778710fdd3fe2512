//! The tables `webhook_endpoint` and `webhook_turn`.

mod row;
mod secret;

use careway_kernel::{OrganizationId, WebhookEndpointId};
use careway_service::Result;
use chrono::{DateTime, Utc};
use sqlx::{FromRow as _, PgConnection, postgres::PgRow};

pub(crate) use self::secret::{
    Live, delete_expired, find_live, insert_secret, list_secrets, update_replaced,
};
use self::{row::Row, secret::LiveRow};
use super::domain::{Cause, Endpoint};

macro_rules! select_endpoint {
    ($($rest:tt)*) => {
        concat!(
            "select e.endpoint_id, e.organization_id, e.url, e.types, e.permissions, e.ordering, e.rate, e.signature,
                e.disabled_cause, e.enabled_from, e.verified_at, e.failing_since, e.failures, e.version, e.created_at",
            $($rest)*
        )
    };
}

macro_rules! select_live {
    ($($rest:tt)*) => {
        select_endpoint!(
            ", s.count, s.public_keys
             from webhook_endpoint e, lateral (
                select count(*) as count, coalesce(array_agg(public_key order by expires_at desc nulls first)
                    filter (where public_key is not null), '{}') as public_keys
                from webhook_secret s where s.endpoint_id = e.endpoint_id
                  and (s.expires_at is null or s.expires_at > $1)) s
             where e.deleted_at is null and e.organization_id = $2 ",
            $($rest)*
        )
    };
}

/// How many endpoints an organization has. Who asks for the same organization waits until this transaction has ended.
pub(crate) async fn lock_count(conn: &mut PgConnection, organization: OrganizationId) -> Result<i64> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('webhook_endpoint ' || $1::text, 0))")
        .bind(organization.uuid())
        .execute(&mut *conn)
        .await?;
    let count = sqlx::query_scalar(
        "select count(*) from webhook_endpoint where organization_id = $1 and deleted_at is null",
    );
    Ok(count.bind(organization.uuid()).fetch_one(conn).await?)
}

/// A new endpoint, which has nothing to be sent.
pub(crate) async fn insert_endpoint(conn: &mut PgConnection, endpoint: &Endpoint) -> Result<()> {
    sqlx::query(
        "with added as (
            insert into webhook_endpoint (endpoint_id, organization_id, url, types, permissions, ordering, rate,
                signature, enabled_from, version, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning endpoint_id, organization_id)
         insert into webhook_turn (endpoint_id, organization_id) select endpoint_id, organization_id from added",
    )
    .bind(endpoint.id.uuid())
    .bind(endpoint.organization.uuid())
    .bind(&endpoint.settings.url)
    .bind(&endpoint.settings.types)
    .bind(&endpoint.permissions)
    .bind(endpoint.settings.ordering.as_str())
    .bind(endpoint.settings.rate)
    .bind(endpoint.scheme.as_str())
    .bind(endpoint.enabled_from)
    .bind(endpoint.version)
    .bind(endpoint.created_at)
    .execute(conn)
    .await?;
    Ok(())
}

fn with_live(row: &PgRow) -> Result<(Endpoint, Live)> {
    Ok((Row::from_row(row)?.try_into()?, LiveRow::from_row(row)?.into()))
}

/// An endpoint of the organization's, with its live secrets.
pub(crate) async fn find_endpoint(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: WebhookEndpointId,
    now: DateTime<Utc>,
) -> Result<Option<(Endpoint, Live)>> {
    let row = sqlx::query(select_live!("and e.endpoint_id = $3"))
        .bind(now)
        .bind(organization.uuid())
        .bind(id.uuid())
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(with_live).transpose()
}

/// The organization's endpoints, oldest first.
pub(crate) async fn list_endpoints(
    conn: &mut PgConnection,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Vec<(Endpoint, Live)>> {
    let rows = sqlx::query(select_live!("order by e.endpoint_id"))
        .bind(now)
        .bind(organization.uuid())
        .fetch_all(conn)
        .await?;
    rows.iter().map(with_live).collect()
}

/// An endpoint of the organization's, locked.
pub(crate) async fn lock_endpoint(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: WebhookEndpointId,
) -> Result<Option<Endpoint>> {
    let row: Option<Row> = sqlx::query_as(select_endpoint!(
        " from webhook_endpoint e where e.deleted_at is null and e.organization_id = $1 and e.endpoint_id = $2
         for no key update"
    ))
    .bind(organization.uuid())
    .bind(id.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// Anybody's endpoint; none when it was taken away.
pub(crate) async fn find_any(conn: &mut PgConnection, id: WebhookEndpointId) -> Result<Option<Endpoint>> {
    let row: Option<Row> = sqlx::query_as(select_endpoint!(
        " from webhook_endpoint e where e.deleted_at is null and e.endpoint_id = $1"
    ))
    .bind(id.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// The endpoints of these organizations.
pub(crate) async fn list_endpoints_of(
    conn: &mut PgConnection,
    organizations: &[OrganizationId],
) -> Result<Vec<Endpoint>> {
    let ids: Vec<_> = organizations.iter().map(|organization| organization.uuid()).collect();
    let rows: Vec<Row> = sqlx::query_as(select_endpoint!(
        " from webhook_endpoint e where e.deleted_at is null and e.organization_id = any($1) order by e.endpoint_id"
    ))
    .bind(ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What an endpoint is like from now on.
pub(crate) async fn update_endpoint(conn: &mut PgConnection, endpoint: &Endpoint) -> Result<()> {
    sqlx::query(
        "update webhook_endpoint set url = $2, types = $3, permissions = $4, ordering = $5, rate = $6,
            disabled_cause = $7, verified_at = $8, failing_since = $9, failures = $10, version = $11
         where endpoint_id = $1",
    )
    .bind(endpoint.id.uuid())
    .bind(&endpoint.settings.url)
    .bind(&endpoint.settings.types)
    .bind(&endpoint.permissions)
    .bind(endpoint.settings.ordering.as_str())
    .bind(endpoint.settings.rate)
    .bind(endpoint.disabled.map(Cause::as_str))
    .bind(endpoint.verified_at)
    .bind(endpoint.failing.since)
    .bind(endpoint.failing.failures)
    .bind(endpoint.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes an endpoint away, with its secrets.
pub(crate) async fn update_deleted(
    conn: &mut PgConnection,
    id: WebhookEndpointId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "with gone as (delete from webhook_secret where endpoint_id = $1)
         update webhook_endpoint set deleted_at = $2, version = version + 1 where endpoint_id = $1",
    )
    .bind(id.uuid())
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Its next turn is now.
pub(crate) async fn update_due(
    conn: &mut PgConnection,
    id: WebhookEndpointId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query("update webhook_turn set next_due = least(next_due, $2) where endpoint_id = $1")
        .bind(id.uuid())
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

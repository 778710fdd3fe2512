//! The table `price`: append-only, the newest row of a service and a list is its price.

use careway_kernel::{Currency, Money, OrganizationId, ServiceId};
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A service's price on a list, and on the provider's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Current {
    pub(crate) service: ServiceId,
    pub(crate) price: Option<Money>,
    pub(crate) base: Option<Money>,
}

/// A price from now on; none when there is none any more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewPrice {
    pub(crate) service: ServiceId,
    pub(crate) price: Option<Money>,
}

/// A price as it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listed {
    pub(crate) service: ServiceId,
    /// None: the provider's own list.
    pub(crate) channel: Option<OrganizationId>,
    pub(crate) price: Money,
    pub(crate) since: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct CurrentRow {
    service_id: Uuid,
    currency: Option<String>,
    minor: Option<i64>,
    base_currency: Option<String>,
    base_minor: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    service_id: Uuid,
    channel_id: Option<Uuid>,
    currency: String,
    minor: Option<i64>,
    since: DateTime<Utc>,
}

fn money(currency: Option<&str>, minor: Option<i64>) -> Result<Option<Money>> {
    let Some((currency, minor)) = currency.zip(minor) else { return Ok(None) };
    Ok(Some(Money::new(Currency::parse(currency).map_err(Error::internal)?, minor)))
}

/// The services of an edit with their prices, locked against another edit; all of the provider's when none is named.
pub(crate) async fn lock_prices(
    conn: &mut PgConnection,
    provider: OrganizationId,
    channel: Option<OrganizationId>,
    services: &[ServiceId],
) -> Result<Vec<Current>> {
    // The lock is taken by a statement of its own: the next one then sees what whoever held it has kept.
    let named: Vec<Uuid> = services.iter().map(|service| service.uuid()).collect();
    let locked: Vec<Uuid> = sqlx::query_scalar(
        "select service_id from service
         where provider_id = $1 and deleted_at is null and (cardinality($2::uuid[]) = 0 or service_id = any($2))
         order by service_id for no key update",
    )
    .bind(provider.uuid())
    .bind(named)
    .fetch_all(&mut *conn)
    .await?;
    let rows: Vec<CurrentRow> = sqlx::query_as(
        "select s.service_id, p.currency, p.minor, b.currency as base_currency, b.minor as base_minor
         from unnest($1::uuid[]) as s (service_id)
         left join lateral (select currency, minor from price p
            where p.service_id = s.service_id and p.channel_id is not distinct from $2
            order by price_id desc limit 1) p on true
         left join lateral (select currency, minor from price p
            where p.service_id = s.service_id and p.channel_id is null order by price_id desc limit 1) b on true
         order by s.service_id",
    )
    .bind(locked)
    .bind(channel.map(OrganizationId::uuid))
    .fetch_all(conn)
    .await?;
    let current = rows.into_iter().map(|row| {
        Ok(Current {
            service: ServiceId::from_uuid(row.service_id),
            price: money(row.currency.as_deref(), row.minor)?,
            base: money(row.base_currency.as_deref(), row.base_minor)?,
        })
    });
    current.collect()
}

/// Prices from now on.
pub(crate) async fn insert_prices(
    conn: &mut PgConnection,
    provider: OrganizationId,
    channel: Option<OrganizationId>,
    prices: &[NewPrice],
    by: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let services: Vec<Uuid> = prices.iter().map(|row| row.service.uuid()).collect();
    let code = |row: &NewPrice| row.price.map_or("", |price| price.currency.code());
    let currencies: Vec<&str> = prices.iter().map(code).collect();
    let minors: Vec<Option<i64>> = prices.iter().map(|row| row.price.map(|price| price.minor)).collect();
    sqlx::query(
        "insert into price (service_id, provider_id, channel_id, currency, minor, since, set_by)
         select p.service_id, $1, $2, p.currency, p.minor, $3, $4
         from unnest($5::uuid[], $6::text[], $7::bigint[]) as p (service_id, currency, minor)",
    )
    .bind(provider.uuid())
    .bind(channel.map(OrganizationId::uuid))
    .bind(now)
    .bind(by)
    .bind(services)
    .bind(currencies)
    .bind(minors)
    .execute(conn)
    .await?;
    Ok(())
}

/// The currency of the contract with a channel: of the one that begins last.
pub(crate) async fn find_currency(
    conn: &mut PgConnection,
    provider: OrganizationId,
    channel: OrganizationId,
) -> Result<Option<Currency>> {
    let code: Option<String> = sqlx::query_scalar(
        "select currency from channel_contract where provider_id = $1 and channel_id = $2
         order by valid_from desc limit 1",
    )
    .bind(provider.uuid())
    .bind(channel.uuid())
    .fetch_optional(conn)
    .await?;
    code.map(|code| Currency::parse(&code).map_err(Error::internal)).transpose()
}

/// A service's prices as they are, the provider's own first.
pub(crate) async fn list_prices(
    conn: &mut PgConnection,
    provider: OrganizationId,
    service: ServiceId,
) -> Result<Vec<Listed>> {
    let rows: Vec<ListedRow> = sqlx::query_as(
        "select distinct on (channel_id) service_id, channel_id, currency, minor, since from price
         where provider_id = $1 and service_id = $2
         order by channel_id nulls first, price_id desc",
    )
    .bind(provider.uuid())
    .bind(service.uuid())
    .fetch_all(conn)
    .await?;
    let listed = rows.into_iter().filter_map(|row| {
        let price = money(Some(&row.currency), row.minor).transpose()?;
        Some(price.map(|price| Listed {
            service: ServiceId::from_uuid(row.service_id),
            channel: row.channel_id.map(OrganizationId::from_uuid),
            price,
            since: row.since,
        }))
    });
    listed.collect()
}

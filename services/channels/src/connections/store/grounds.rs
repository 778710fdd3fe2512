//! How things are around a connection, in one statement with it.

use std::collections::BTreeMap;

use careway_kernel::{ConnectionId, ServiceId};
use careway_service::Result;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgConnection, Row as _, types::Json};
use uuid::Uuid;

use super::{
    notices::NoticeRow,
    row::{Row, terms},
};
use crate::connections::domain::{
    Connection,
    grounds::{ContractTerm, Declaration, Grounds, Offered},
};

#[derive(serde::Deserialize)]
struct TermRow {
    confirmed: bool,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
}

#[derive(serde::Deserialize)]
struct OfferRow {
    service_id: Uuid,
    calendar: bool,
    price_id: Option<i64>,
    amount: Option<i64>,
    currency: Option<String>,
    minutes: i32,
}

#[derive(serde::Deserialize)]
struct DeclarationRow {
    consent_version: i32,
    in_force_from: NaiveDate,
}

/// A connection, and what it is judged by. In UTC until identity told where the provider is.
pub(crate) async fn find_with_grounds(
    conn: &mut PgConnection,
    id: ConnectionId,
    now: DateTime<Utc>,
) -> Result<Option<(Connection, Grounds)>> {
    let row = sqlx::query(
        "select c.*, d.today,
            (select coalesce(jsonb_agg(to_jsonb(i)), '[]') from connection_item i
             where i.connection_id = c.connection_id) as items,
            (select coalesce(jsonb_agg(to_jsonb(n)), '[]') from channel_notice n
             where n.connection_id = c.connection_id and n.state = 'TOLD') as notices,
            (select to_jsonb(t) from joint_test t where t.connection_id = c.connection_id
             order by t.test_id desc limit 1) as test,
            (select coalesce(jsonb_agg(jsonb_build_object('confirmed', k.confirmed_at is not null,
                'valid_from', k.valid_from, 'valid_to', k.valid_to)), '[]') from channel_contract k
             where k.provider_id = c.provider_id and k.channel_id = c.channel_id) as contracts,
            (select coalesce(jsonb_agg(to_jsonb(o)), '[]') from connection_offer o
             where o.connection_id = c.connection_id) as offer,
            (select to_jsonb(t) from consent t where t.in_force_from <= d.today
             order by t.consent_version desc limit 1) as declaration,
            exists (select from channel_profile p where p.channel_id = c.channel_id) as has_onboarding_address,
            exists (select from connection_endpoint v where v.connection_id = c.connection_id) as endpoint_verified
         from connection c, lateral (select ($2::timestamptz at time zone coalesce((
            select time_zone from organization_ref where organization_id = c.provider_id), 'UTC'))::date as today) d
         where c.connection_id = $1",
    )
    .bind(id.uuid())
    .bind(now)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let contracts: Json<Vec<TermRow>> = row.try_get("contracts")?;
    let offer: Json<Vec<OfferRow>> = row.try_get("offer")?;
    let declaration: Option<Json<DeclarationRow>> = row.try_get("declaration")?;
    let offered = |row: OfferRow| {
        let terms = terms(row.price_id, row.amount, row.currency.as_deref(), Some(row.minutes))?;
        Ok((ServiceId::from_uuid(row.service_id), Offered { calendar: row.calendar, terms }))
    };
    let term =
        |row: TermRow| ContractTerm { confirmed: row.confirmed, from: row.valid_from, to: row.valid_to };
    let grounds = Grounds {
        now,
        today: row.try_get("today")?,
        contracts: contracts.0.into_iter().map(term).collect(),
        services: offer.0.into_iter().map(offered).collect::<Result<BTreeMap<_, _>>>()?,
        declaration: declaration.map(|declaration| Declaration {
            version: declaration.0.consent_version,
            in_force_from: declaration.0.in_force_from,
        }),
        has_onboarding_address: row.try_get("has_onboarding_address")?,
        endpoint_verified: row.try_get("endpoint_verified")?,
    };
    let notices: Json<Vec<NoticeRow>> = row.try_get("notices")?;
    let notices = notices.0.iter().map(TryInto::try_into).collect::<Result<_>>()?;
    Ok(Some((Connection { notices, ..Row::from_row(&row)?.try_into()? }, grounds)))
}

/// Connections that something around them may have changed: a service is gone or cannot be booked, the contract has lapsed,
/// the consent is too old. The domain decides.
pub(crate) async fn list_unsettled(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    after: Option<ConnectionId>,
    limit: i64,
) -> Result<Vec<ConnectionId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select c.connection_id
         from connection c, lateral (select ($1::timestamptz at time zone coalesce((
            select time_zone from organization_ref where organization_id = c.provider_id), 'UTC'))::date as today) d
         where c.state <> 'ENDED' and ($2::uuid is null or c.connection_id > $2)
           and (exists (
                select from connection_item i
                left join connection_offer o on o.connection_id = c.connection_id and o.service_id = i.service_id
                where i.connection_id = c.connection_id and i.ticked
                  and (o.service_id is null
                    or i.state in ('NOTIFIED', 'PUBLISHED') and c.state in ('LIVE', 'SUSPENDED')
                       and not (o.calendar and o.price)))
             or c.state <> 'DRAFT' and exists (
                select from channel_contract k where k.provider_id = c.provider_id and k.channel_id = c.channel_id
                  and k.confirmed_at is not null and k.valid_to < d.today)
                and not exists (
                select from channel_contract k where k.provider_id = c.provider_id and k.channel_id = c.channel_id
                  and k.confirmed_at is not null and k.valid @> d.today)
             or c.state in ('LIVE', 'SUSPENDED') and not 'CONSENT_OUTDATED' = any (c.causes) and exists (
                select from consent t
                where t.consent_version > c.consent_version and t.in_force_from + 30 <= d.today))
         order by c.connection_id limit $3",
    )
    .bind(now)
    .bind(after.map(ConnectionId::uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(ConnectionId::from_uuid).collect())
}

//! What a channel may book: the view `bookable`, with what is taken around the times that are asked for.

use std::collections::BTreeMap;

use careway_kernel::{ConnectionId, Currency, JointTestId, Money, OrganizationId, ResourceId, ServiceId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{Shape, offer::Offer, timetable::Timetable};
use crate::{
    connections::domain::State,
    occupations::store::{LONGEST, Row as OccupationRow},
    resources::domain::calendar::Calendar,
};

/// Whose offer is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Buyer {
    /// The channel's newest connection with the provider.
    Channel(OrganizationId),
    /// This connection.
    Connection(ConnectionId),
}

#[derive(sqlx::FromRow)]
struct Row {
    connection_id: Uuid,
    provider_id: Uuid,
    channel_id: Uuid,
    connection_state: String,
    service_id: Uuid,
    published: bool,
    duration_minutes: i32,
    step_minutes: i32,
    buffer_before: i32,
    buffer_after: i32,
    confirmed_by_provider: bool,
    cancellation_minutes: i32,
    test_id: Option<Uuid>,
    shown_currency: Option<String>,
    shown_amount: Option<i64>,
    needs: Json<Vec<NeedRow>>,
    occupations: Json<Vec<OccupationRow>>,
}

#[derive(serde::Deserialize)]
struct NeedRow {
    need: i16,
    resource_id: Uuid,
    calendar: Option<Calendar>,
}

impl TryFrom<Row> for Offer {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let mut needs: BTreeMap<i16, Vec<ResourceId>> = BTreeMap::new();
        let mut calendars = BTreeMap::new();
        for NeedRow { need, resource_id, calendar } in row.needs.0 {
            let resource = ResourceId::from_uuid(resource_id);
            needs.entry(need).or_default().push(resource);
            calendars.extend(calendar.map(|calendar| (resource, calendar)));
        }
        let currency = row.shown_currency.as_deref().map(Currency::parse).transpose();
        let price = currency.map_err(Error::internal)?.zip(row.shown_amount);
        Ok(Self {
            connection: ConnectionId::from_uuid(row.connection_id),
            provider: OrganizationId::from_uuid(row.provider_id),
            channel: OrganizationId::from_uuid(row.channel_id),
            state: one_of("connection.state", &row.connection_state, &State::ALL, State::as_str)?,
            test: row.test_id.map(JointTestId::from_uuid),
            published: row.published,
            service: ServiceId::from_uuid(row.service_id),
            confirmed_by_provider: row.confirmed_by_provider,
            cancellation_minutes: row.cancellation_minutes,
            price: price.map(|(currency, minor)| Money::new(currency, minor)),
            timetable: Timetable {
                shape: Shape::of(
                    row.duration_minutes,
                    row.step_minutes,
                    (row.buffer_before, row.buffer_after),
                ),
                needs: needs.into_values().collect(),
                calendars,
                occupations: row.occupations.0.into_iter().map(TryInto::try_into).collect::<Result<_>>()?,
            },
        })
    }
}

macro_rules! select_offer {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " b.*,
                (select coalesce(jsonb_agg(jsonb_build_object('occupation_id', o.occupation_id,
                    'resource_id', o.resource_id, 'lane', o.lane, 'starts', lower(o.span), 'ends', upper(o.span),
                    'hold_id', o.hold_id, 'booking_id', o.booking_id, 'until', o.until)), '[]')
                 from occupation o
                 where o.resource_id = any(b.resource_ids) and o.span && tstzrange($2, $3)
                   and o.starts < $3 and o.starts > $4) as occupations ",
            $rest
        )
    };
}

/// What may be booked of a service at a time: neither calendars nor connections change until the transaction ends.
pub(crate) async fn lock_offer(
    conn: &mut PgConnection,
    buyer: Buyer,
    service: ServiceId,
    start: DateTime<Utc>,
) -> Result<Option<Offer>> {
    let (channel, connection) = match buyer {
        Buyer::Channel(id) => (Some(id.uuid()), None),
        Buyer::Connection(id) => (None, Some(id.uuid())),
    };
    let row: Option<Row> = sqlx::query_as(select_offer!(
        "select",
        "from lock_bookable($1) b
         where ($5::uuid is null or b.channel_id = $5) and ($6::uuid is null or b.connection_id = $6)
         order by b.connection_id desc limit 1"
    ))
    .bind(service.uuid())
    .bind(start - LONGEST)
    .bind(start + LONGEST)
    .bind(start - LONGEST - LONGEST)
    .bind(channel)
    .bind(connection)
    .fetch_optional(conn)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// What a channel may book of these services, as it is now.
pub(crate) async fn list_offers(
    conn: &mut PgConnection,
    channel: OrganizationId,
    services: &[ServiceId],
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Offer>> {
    let services: Vec<Uuid> = services.iter().map(|service| service.uuid()).collect();
    let rows: Vec<Row> = sqlx::query_as(select_offer!(
        "select distinct on (b.service_id)",
        "from bookable b where b.service_id = any($1) and b.channel_id = $5
         order by b.service_id, b.connection_id desc"
    ))
    .bind(services)
    .bind(from - LONGEST)
    .bind(to + LONGEST)
    .bind(from - LONGEST - LONGEST)
    .bind(channel.uuid())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

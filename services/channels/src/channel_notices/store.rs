//! What is read of `channel_notice`, and when somebody was asked again.

use careway_kernel::{
    ChannelNoticeId, ConnectionId, Currency, Money, OrganizationId, PriceChangeId, ServiceId,
};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::connections::{
    domain::notice::{Notice, NoticeState, PriceChange},
    store::NoticeRow,
};

/// A notice, and whose it is.
pub(super) struct ListedNotice {
    pub(super) id: ChannelNoticeId,
    pub(super) connection: ConnectionId,
    pub(super) provider: OrganizationId,
    pub(super) service_name: String,
    pub(super) code: Option<String>,
    pub(super) notice: Notice,
    pub(super) closed_at: Option<DateTime<Utc>>,
}

/// A price that the channel does not go by, or was told of.
pub(super) struct ListedChange {
    pub(super) id: PriceChangeId,
    pub(super) version: i64,
    pub(super) service: ServiceId,
    pub(super) price: Money,
    pub(super) since: DateTime<Utc>,
    pub(super) notice: Option<(ChannelNoticeId, NoticeState)>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    notice: NoticeRow,
    connection_id: Uuid,
    provider_id: Uuid,
    code: Option<String>,
    name: String,
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    change_id: Uuid,
    price_id: i64,
    service_id: Uuid,
    currency: String,
    minor: i64,
    since: DateTime<Utc>,
    notice_id: Option<Uuid>,
    state: Option<String>,
}

impl TryFrom<ListedRow> for ListedNotice {
    type Error = Error;

    fn try_from(row: ListedRow) -> Result<Self> {
        let (id, notice) = (&row.notice).try_into()?;
        Ok(Self {
            id,
            connection: ConnectionId::from_uuid(row.connection_id),
            provider: OrganizationId::from_uuid(row.provider_id),
            service_name: row.name,
            code: row.code,
            notice,
            closed_at: row.notice.closed_at,
        })
    }
}

impl TryFrom<ChangeRow> for ListedChange {
    type Error = Error;

    fn try_from(row: ChangeRow) -> Result<Self> {
        let state =
            |name: String| one_of("channel_notice.state", &name, &NoticeState::ALL, NoticeState::as_str);
        let notice = row.notice_id.map(ChannelNoticeId::from_uuid).zip(row.state.map(state).transpose()?);
        let currency = Currency::parse(&row.currency).map_err(Error::internal)?;
        Ok(Self {
            id: PriceChangeId::from_uuid(row.change_id),
            version: row.price_id,
            service: ServiceId::from_uuid(row.service_id),
            price: Money::new(currency, row.minor),
            since: row.since,
            notice,
        })
    }
}

impl ListedChange {
    /// As the connection judges it.
    pub(super) fn change(&self) -> PriceChange {
        let Self { service, price, version, .. } = *self;
        PriceChange { service, price, version, told: self.notice.is_some() }
    }
}

macro_rules! select_notice {
    ($rest:literal) => {
        concat!(
            "select n.notice_id, n.connection_id, n.service_id, n.kind, n.state, n.price_id, n.amount, n.currency,
                n.minutes, n.before_price, n.before_amount, n.before_currency, n.before_minutes, n.bookings, n.sent_at, n.closed_at,
                c.provider_id, i.code, s.name
             from channel_notice n
             join connection c using (connection_id)
             join connection_item i on i.connection_id = n.connection_id and i.service_id = n.service_id
             join connection_service s on s.connection_id = n.connection_id and s.service_id = n.service_id ",
            $rest
        )
    };
}

macro_rules! select_change {
    ($rest:literal) => {
        concat!(
            "select p.change_id, p.price_id, p.service_id, p.currency, p.minor, p.since, n.notice_id, n.state
             from connection c
             join connection_item i using (connection_id)
             join price p on p.service_id = i.service_id and p.channel_id = c.channel_id and p.minor is not null
             left join channel_notice n on n.connection_id = c.connection_id and n.price_id = p.price_id
                and n.kind = 'PRICE'
             where c.connection_id = $1 ",
            $rest
        )
    };
}

/// The connection that a notice is of, if the party is one of its sides.
pub(super) async fn find_connection_of(
    conn: &mut PgConnection,
    party: Option<OrganizationId>,
    id: ChannelNoticeId,
) -> Result<Option<ConnectionId>> {
    let found: Option<Uuid> = sqlx::query_scalar(
        "select n.connection_id from channel_notice n join connection c using (connection_id)
         where n.notice_id = $1 and ($2::uuid is null or c.provider_id = $2 or c.channel_id = $2)",
    )
    .bind(id.uuid())
    .bind(party.map(OrganizationId::uuid))
    .fetch_optional(conn)
    .await?;
    Ok(found.map(ConnectionId::from_uuid))
}

/// A notice.
pub(super) async fn find_notice(
    conn: &mut PgConnection,
    id: ChannelNoticeId,
) -> Result<Option<ListedNotice>> {
    Ok(list_notices_named(conn, &[id]).await?.pop())
}

/// These notices.
pub(super) async fn list_notices_named(
    conn: &mut PgConnection,
    ids: &[ChannelNoticeId],
) -> Result<Vec<ListedNotice>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<ListedRow> =
        sqlx::query_as(select_notice!("where n.notice_id = any($1) order by n.price_id"))
            .bind(ids)
            .fetch_all(conn)
            .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A page of a channel's notices, newest first.
pub(super) async fn list_notices(
    conn: &mut PgConnection,
    channel: OrganizationId,
    state: Option<NoticeState>,
    before: Option<ChannelNoticeId>,
    limit: i64,
) -> Result<Vec<ListedNotice>> {
    let rows: Vec<ListedRow> = sqlx::query_as(select_notice!(
        "where c.channel_id = $1 and ($2::text is null or n.state = $2) and ($3::uuid is null or n.notice_id < $3)
         order by n.notice_id desc limit $4"
    ))
    .bind(channel.uuid())
    .bind(state.map(NoticeState::as_str))
    .bind(before.map(ChannelNoticeId::uuid))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// A page of a connection's changes, newest first: prices later than what the channel was told, and those that have a notice.
pub(super) async fn list_changes(
    conn: &mut PgConnection,
    connection: ConnectionId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ListedChange>> {
    let rows: Vec<ChangeRow> = sqlx::query_as(select_change!(
        "and (n.notice_id is not null or p.price_id > i.told_price) and ($2::bigint is null or p.price_id < $2)
         order by p.price_id desc limit $3"
    ))
    .bind(connection.uuid())
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// These of a connection's changes, of services that the channel was told of; oldest first.
pub(super) async fn list_changes_named(
    conn: &mut PgConnection,
    connection: ConnectionId,
    ids: &[PriceChangeId],
) -> Result<Vec<ListedChange>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<ChangeRow> = sqlx::query_as(select_change!(
        "and i.told_price is not null and p.change_id = any($2) order by p.price_id"
    ))
    .bind(connection.uuid())
    .bind(ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The connections whose channel is to be asked again for notices that it has not acknowledged; each notice once.
pub(super) async fn update_reminded(
    conn: &mut PgConnection,
    sent_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<ConnectionId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "update channel_notice n set reminded_at = $2 from connection_item i
         where i.connection_id = n.connection_id and i.service_id = n.service_id and n.state = 'TOLD'
           and n.sent_at <= $1 and n.reminded_at is null and (n.kind = 'PRICE' or not i.channel_knows)
         returning n.connection_id",
    )
    .bind(sent_until)
    .bind(now)
    .fetch_all(conn)
    .await?;
    Ok(connections(ids))
}

/// The connections that support is to look after, for notices that are not acknowledged; each notice once.
pub(super) async fn update_escalated(
    conn: &mut PgConnection,
    sent_until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<ConnectionId>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "update channel_notice set escalated_at = $2
         where state = 'TOLD' and sent_at <= $1 and escalated_at is null returning connection_id",
    )
    .bind(sent_until)
    .bind(now)
    .fetch_all(conn)
    .await?;
    Ok(connections(ids))
}

/// Each once.
fn connections(mut ids: Vec<Uuid>) -> Vec<ConnectionId> {
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(ConnectionId::from_uuid).collect()
}

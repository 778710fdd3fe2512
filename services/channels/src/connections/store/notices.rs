//! The table `channel_notice`: what a step sends, and what becomes of what was sent.

use careway_kernel::{ChannelNoticeId, ConnectionId, ServiceId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::row::terms;
use crate::connections::domain::{
    item::Terms,
    notice::{Notice, NoticeKind, NoticeState, NoticedBooking},
};

/// A notice as the table has it.
#[derive(serde::Deserialize, serde::Serialize, sqlx::FromRow)]
pub(crate) struct NoticeRow {
    notice_id: Uuid,
    service_id: Uuid,
    kind: String,
    state: String,
    price_id: i64,
    amount: i64,
    currency: String,
    minutes: i32,
    before_price: Option<i64>,
    before_amount: Option<i64>,
    before_currency: Option<String>,
    before_minutes: Option<i32>,
    bookings: Json<Vec<NoticedBooking>>,
    sent_at: DateTime<Utc>,
    pub(crate) closed_at: Option<DateTime<Utc>>,
}

impl TryFrom<&NoticeRow> for (ChannelNoticeId, Notice) {
    type Error = Error;

    fn try_from(row: &NoticeRow) -> Result<Self> {
        let told = terms(Some(row.price_id), Some(row.amount), Some(&row.currency), Some(row.minutes))?;
        let before =
            terms(row.before_price, row.before_amount, row.before_currency.as_deref(), row.before_minutes)?;
        let notice = Notice {
            service: ServiceId::from_uuid(row.service_id),
            kind: one_of("channel_notice.kind", &row.kind, &NoticeKind::ALL, NoticeKind::as_str)?,
            state: one_of("channel_notice.state", &row.state, &NoticeState::ALL, NoticeState::as_str)?,
            terms: told.ok_or_else(|| Error::internal(anyhow::anyhow!("a notice without terms")))?,
            before,
            bookings: row.bookings.0.clone(),
            sent_at: row.sent_at,
        };
        Ok((ChannelNoticeId::from_uuid(row.notice_id), notice))
    }
}

impl NoticeRow {
    fn of(id: ChannelNoticeId, notice: &Notice, now: DateTime<Utc>) -> Self {
        let Terms { price, version, minutes } = notice.terms;
        let before = notice.before;
        Self {
            notice_id: id.uuid(),
            service_id: notice.service.uuid(),
            kind: notice.kind.as_str().to_owned(),
            state: notice.state.as_str().to_owned(),
            price_id: version,
            amount: price.minor,
            currency: price.currency.code().to_owned(),
            minutes,
            before_price: before.map(|terms| terms.version),
            before_amount: before.map(|terms| terms.price.minor),
            before_currency: before.map(|terms| terms.price.currency.code().to_owned()),
            before_minutes: before.map(|terms| terms.minutes),
            bookings: Json(notice.bookings.clone()),
            sent_at: notice.sent_at,
            closed_at: (notice.state != NoticeState::Told).then_some(now),
        }
    }
}

/// Notices of a connection as they stand now.
pub(crate) async fn save_notices(
    conn: &mut PgConnection,
    connection: ConnectionId,
    notices: &[(ChannelNoticeId, &Notice)],
    now: DateTime<Utc>,
) -> Result<()> {
    let rows: Vec<NoticeRow> = notices.iter().map(|(id, notice)| NoticeRow::of(*id, notice, now)).collect();
    sqlx::query(
        "insert into channel_notice (notice_id, connection_id, service_id, kind, state, price_id, amount, currency,
            minutes, before_price, before_amount, before_currency, before_minutes, bookings, sent_at,
            closed_at)
         select n.notice_id, $1, n.service_id, n.kind, n.state, n.price_id, n.amount, n.currency, n.minutes,
            n.before_price, n.before_amount, n.before_currency, n.before_minutes, n.bookings, n.sent_at, n.closed_at
         from jsonb_populate_recordset(null::channel_notice, $2) n
         on conflict (notice_id) do update set state = excluded.state, closed_at = excluded.closed_at",
    )
    .bind(connection.uuid())
    .bind(Json(rows))
    .execute(conn)
    .await?;
    Ok(())
}

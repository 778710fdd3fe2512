//! Notices and changes as the contract shows them.

use careway_contract::channels::v1::{
    self as proto,
    channel_notice::{Kind, State},
    price_change::State as ChangeState,
};
use careway_service::{money, timestamp};

use super::store::{ListedChange, ListedNotice};
use crate::connections::domain::notice::{NoticeKind, NoticeState, NoticedBooking};

pub(super) fn notice(listed: &ListedNotice) -> proto::ChannelNotice {
    let notice = &listed.notice;
    proto::ChannelNotice {
        notice_id: listed.id.to_string(),
        connection_id: listed.connection.to_string(),
        provider_id: listed.provider.to_string(),
        service_id: notice.service.to_string(),
        service_name: listed.service_name.clone(),
        code: listed.code.clone().unwrap_or_default(),
        kind: kind(notice.kind).into(),
        state: state(notice.state).into(),
        price: Some(money(notice.terms.price)),
        duration_minutes: notice.terms.minutes,
        price_before: notice.before.map(|before| money(before.price)),
        duration_minutes_before: notice.before.map(|before| before.minutes).unwrap_or_default(),
        bookings: notice.bookings.iter().map(booking).collect(),
        sent_at: Some(timestamp(notice.sent_at)),
        closed_at: listed.closed_at.map(timestamp),
    }
}

pub(super) fn change(listed: &ListedChange) -> proto::PriceChange {
    proto::PriceChange {
        change_id: listed.id.to_string(),
        service_id: listed.service.to_string(),
        price: Some(money(listed.price)),
        since: Some(timestamp(listed.since)),
        state: change_state(listed.notice.map(|(_, state)| state)).into(),
        notice_id: listed.notice.map(|(id, _)| id.to_string()).unwrap_or_default(),
    }
}

fn booking(noticed: &NoticedBooking) -> proto::MetBooking {
    proto::MetBooking {
        booking_id: noticed.id.to_string(),
        start: Some(timestamp(noticed.start)),
        fits: noticed.fits,
    }
}

fn kind(kind: NoticeKind) -> Kind {
    match kind {
        NoticeKind::Service => Kind::Service,
        NoticeKind::Price => Kind::Price,
        NoticeKind::Duration => Kind::Duration,
    }
}

fn state(state: NoticeState) -> State {
    match state {
        NoticeState::Told => State::Told,
        NoticeState::InForce => State::InForce,
        NoticeState::Superseded => State::Superseded,
        NoticeState::Withdrawn => State::Withdrawn,
    }
}

fn change_state(notice: Option<NoticeState>) -> ChangeState {
    match notice {
        None => ChangeState::Untold,
        Some(NoticeState::Told) => ChangeState::Told,
        Some(NoticeState::InForce) => ChangeState::InForce,
        Some(NoticeState::Superseded) => ChangeState::Superseded,
        Some(NoticeState::Withdrawn) => ChangeState::Withdrawn,
    }
}

/// A state that was given.
pub(super) fn parse_state(given: State) -> Option<NoticeState> {
    NoticeState::ALL.into_iter().find(|known| state(*known) == given)
}

//! How notices are sent and acknowledged.

use careway_kernel::{ChannelNoticeId, ServiceId};
use chrono::{DateTime, Utc};

use super::{
    Connection, State,
    item::{Acknowledgement, Terms},
    notice::{Notice, NoticeKind, NoticeState, NoticedBooking, PriceChange},
    refusal::{ConnectionRefusal, Step},
};

impl Connection {
    /// Whether prices can be told: before it is live, a channel reads them with everything else.
    pub(crate) fn may_tell(&self) -> Step {
        self.in_one_of(&State::OPEN)
    }

    /// The provider tells the channel of a new price.
    pub(crate) fn tell_price(
        &mut self,
        id: ChannelNoticeId,
        change: PriceChange,
        now: DateTime<Utc>,
    ) -> Step<bool> {
        self.may_tell()?;
        let Some(before) = self.items.get(&change.service).and_then(|item| item.told) else {
            return Ok(false);
        };
        if change.told {
            return Err(ConnectionRefusal::PriceChangeTold);
        }
        if change.version <= before.version {
            return Err(ConnectionRefusal::NoticeSuperseded);
        }
        let terms = Terms { price: change.price, version: change.version, minutes: before.minutes };
        self.send(id, change.service, NoticeKind::Price, terms, Some(before), now);
        self.changed()?;
        Ok(true)
    }

    /// An examination takes longer or shorter from now on; whether the channel had to be told.
    pub(crate) fn change_duration(
        &mut self,
        id: ChannelNoticeId,
        service: ServiceId,
        minutes: i32,
        bookings: Vec<NoticedBooking>,
        now: DateTime<Utc>,
    ) -> bool {
        let Some(told) = self.items.get_mut(&service).and_then(|item| item.told.as_mut()) else {
            return false;
        };
        let before = *told;
        if before.minutes == minutes {
            return false;
        }
        told.minutes = minutes;
        let terms = *told;
        self.send(id, service, NoticeKind::Duration, terms, Some(before), now);
        if let Some(notice) = self.notices.get_mut(&id) {
            notice.bookings = bookings;
        }
        self.changed().is_ok()
    }

    /// Whoever is told acknowledges a notice; false when there is none such. A notice of a price is the channel's alone, and
    /// prices never go back.
    pub(crate) fn acknowledge_notice(
        &mut self,
        notice: &Notice,
        acknowledgement: Acknowledgement,
    ) -> Step<bool> {
        self.in_one_of(&State::OPEN)?;
        match (notice.state, notice.kind) {
            (NoticeState::InForce, _) => Ok(true),
            (NoticeState::Superseded, _) => Err(ConnectionRefusal::NoticeSuperseded),
            (NoticeState::Withdrawn, _) => Err(ConnectionRefusal::NoticeWithdrawn),
            (NoticeState::Told, NoticeKind::Service) => self.acknowledge(notice.service, acknowledgement),
            (NoticeState::Told, _) if acknowledgement == Acknowledgement::System => Ok(false),
            (NoticeState::Told, _) => {
                let told = self.items.get_mut(&notice.service).and_then(|item| item.told.as_mut());
                let Some(told) = told else { return Ok(false) };
                *told = Terms { minutes: told.minutes, ..notice.terms };
                self.changed()?;
                Ok(true)
            }
        }
    }

    /// Keeps a notice that is sent now.
    pub(super) fn send(
        &mut self,
        id: ChannelNoticeId,
        service: ServiceId,
        kind: NoticeKind,
        terms: Terms,
        before: Option<Terms>,
        now: DateTime<Utc>,
    ) {
        let (state, bookings) = (NoticeState::Told, Vec::new());
        self.notices.insert(id, Notice { service, kind, state, terms, before, bookings, sent_at: now });
    }

    /// Notices go the way of their services.
    pub(super) fn settle_notices(&mut self) {
        let Self { items, notices, .. } = self;
        for notice in notices.values_mut().filter(|notice| notice.state == NoticeState::Told) {
            notice.state = notice.settled(items);
        }
    }
}

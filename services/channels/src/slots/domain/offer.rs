//! What a channel may book of an examination: whether it is sold at all, at what, and when.

use careway_kernel::{ConnectionId, JointTestId, Money, OrganizationId, ServiceId};

use super::{refusal::SlotRefusal, timetable::Timetable};
use crate::connections::domain::State;

/// An examination as a channel may book it.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) connection: ConnectionId,
    pub(crate) provider: OrganizationId,
    pub(crate) channel: OrganizationId,
    pub(crate) state: State,
    /// The joint test that is under way: what is booked is on its calendars.
    pub(crate) test: Option<JointTestId>,
    pub(crate) published: bool,
    pub(crate) service: ServiceId,
    pub(crate) confirmed_by_provider: bool,
    pub(crate) cancellation_minutes: i32,
    /// At what the channel sells it.
    pub(crate) price: Option<Money>,
    pub(crate) timetable: Timetable,
}

impl Offer {
    /// Whether it is sold at all, and at what.
    pub(crate) fn price(&self) -> Result<Money, SlotRefusal> {
        if self.state != State::Live && self.test.is_none() {
            return Err(SlotRefusal::ConnectionNotLive);
        }
        self.price.filter(|_| self.published).ok_or(SlotRefusal::NotPublished)
    }

    /// Whether it is sold at what the patient was told.
    pub(crate) fn price_as(&self, expected: Money) -> Result<Money, SlotRefusal> {
        let price = self.price()?;
        if price == expected { Ok(price) } else { Err(SlotRefusal::PriceChanged { price }) }
    }
}

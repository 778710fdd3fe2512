//! A booking: where it stands, and what may be done with it. Pure rules.

pub(crate) mod refusal;
#[cfg(test)]
mod tests;
mod transitions;

use std::fmt;

use careway_kernel::{BookingId, ConnectionId, JointTestId, Money, OrganizationId, ResourceId, ServiceId};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use crate::resources::domain::calendar::local_time;

/// How long a provider has to confirm; never longer than until the booking begins.
const TO_CONFIRM: TimeDelta = TimeDelta::hours(24);

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BookingState {
    Pending,
    Booked,
    Declined,
    Cancelled,
    NoShow,
    Fulfilled,
}

impl BookingState {
    pub(crate) const ALL: [Self; 6] =
        [Self::Pending, Self::Booked, Self::Declined, Self::Cancelled, Self::NoShow, Self::Fulfilled];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Booked => "BOOKED",
            Self::Declined => "DECLINED",
            Self::Cancelled => "CANCELLED",
            Self::NoShow => "NO_SHOW",
            Self::Fulfilled => "FULFILLED",
        }
    }
}

/// Who ends a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Provider,
    Channel,
    Careway,
}

impl By {
    pub(crate) const ALL: [Self; 3] = [Self::Provider, Self::Channel, Self::Careway];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "PROVIDER",
            Self::Channel => "CHANNEL",
            Self::Careway => "CAREWAY",
        }
    }
}

/// For whom a time is booked, and what the channel writes of them. It prints as `•••`.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Patient {
    pub(crate) name: String,
    pub(crate) phone: String,
    pub(crate) birth_date: Option<NaiveDate>,
    pub(crate) member_number: Option<String>,
    pub(crate) note: String,
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// When a booking is, and what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Appointment {
    pub(crate) resources: Vec<ResourceId>,
    pub(crate) start: DateTime<Utc>,
    pub(crate) minutes: i64,
    /// What the provider's clock reads at the start.
    pub(crate) local_start: NaiveDateTime,
    pub(crate) zone: String,
}

impl Appointment {
    /// When it is over.
    pub(crate) fn end(&self) -> DateTime<Utc> {
        self.start + TimeDelta::minutes(self.minutes)
    }
}

/// A booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Booking {
    pub(crate) id: BookingId,
    pub(crate) connection: ConnectionId,
    pub(crate) provider: OrganizationId,
    pub(crate) channel: OrganizationId,
    /// The joint test that it was made in: nobody comes.
    pub(crate) test: Option<JointTestId>,
    pub(crate) service: ServiceId,
    pub(crate) appointment: Appointment,
    /// The zone that its calendar is in now. None: no other than that which it was booked in is known, as of one that was booked or
    /// moved just now, or whose resource has no calendar.
    pub(crate) zone_now: Option<String>,
    pub(crate) state: BookingState,
    pub(crate) price: Money,
    /// Until so many minutes before it the channel cancels or moves it.
    pub(crate) cancellation_minutes: i32,
    /// Until when it must be confirmed, while it is pending.
    pub(crate) confirm_by: Option<DateTime<Utc>>,
    pub(crate) ended_by: Option<By>,
    /// Why it ended, in their words.
    pub(crate) reason: Option<String>,
    /// What the channel calls it.
    pub(crate) external_id: String,
    /// None once it is erased.
    pub(crate) patient: Option<Patient>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

impl Booking {
    /// Whether the provider's clock does not read at its start any more what it was to read when it was booked.
    pub(crate) fn clock_changed(&self) -> bool {
        let Appointment { start, local_start, zone, .. } = &self.appointment;
        clock_changed(self.zone_now.as_ref().unwrap_or(zone), *start, *local_start)
    }

    /// Whether it takes its time.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, BookingState::Pending | BookingState::Booked)
    }
}

/// Whether a clock of the zone does not read this at that instant.
pub(crate) fn clock_changed(zone: &str, start: DateTime<Utc>, local_start: NaiveDateTime) -> bool {
    local_time(zone, start) != Ok(local_start)
}

/// Until when a provider confirms what is asked for now.
pub(crate) fn confirm_by(now: DateTime<Utc>, start: DateTime<Utc>) -> DateTime<Utc> {
    start.min(now + TO_CONFIRM)
}

//! The steps of a booking.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Appointment, Booking, BookingState, By, confirm_by, refusal::BookingRefusal};

type Step = Result<(), BookingRefusal>;

impl Booking {
    /// The provider confirms it, while it may.
    pub(crate) fn confirm(&mut self, now: DateTime<Utc>) -> Step {
        self.is_pending(now)?;
        self.come_to(BookingState::Booked);
        Ok(())
    }

    /// The provider does not take it.
    pub(crate) fn decline(&mut self, reason: Option<String>, now: DateTime<Utc>) -> Step {
        self.is_pending(now)?;
        self.end(BookingState::Declined, By::Provider, reason);
        Ok(())
    }

    /// The provider did not answer in time; whether that is so.
    pub(crate) fn lapse(&mut self, now: DateTime<Utc>) -> bool {
        let lapsed = self.state == BookingState::Pending && self.confirm_by.is_some_and(|by| by <= now);
        if lapsed {
            self.end(BookingState::Declined, By::Careway, None);
        }
        lapsed
    }

    /// One side cancels it: the channel while its rule lets it, the provider always.
    pub(crate) fn cancel(&mut self, by: By, reason: Option<String>, now: DateTime<Utc>) -> Step {
        self.may_change(by, now)?;
        self.end(BookingState::Cancelled, by, reason);
        Ok(())
    }

    /// The joint test that it was made in is over.
    pub(crate) fn end_with_its_test(&mut self) {
        self.end(BookingState::Cancelled, By::Careway, None);
    }

    /// The patient did not come.
    pub(crate) fn miss(&mut self, now: DateTime<Utc>) -> Step {
        self.has_begun(now)?;
        self.come_to(BookingState::NoShow);
        Ok(())
    }

    /// The patient was there.
    pub(crate) fn fulfil(&mut self, now: DateTime<Utc>) -> Step {
        self.has_begun(now)?;
        self.come_to(BookingState::Fulfilled);
        Ok(())
    }

    /// Whether one side may cancel or move it.
    pub(crate) fn may_change(&self, by: By, now: DateTime<Utc>) -> Step {
        match self.state {
            BookingState::Pending | BookingState::Booked => {}
            BookingState::Declined | BookingState::Cancelled => return Err(BookingRefusal::AlreadyCancelled),
            BookingState::NoShow | BookingState::Fulfilled => {
                return Err(BookingRefusal::NotOpen(self.state));
            }
        }
        let until = self.appointment.start - TimeDelta::minutes(self.cancellation_minutes.into());
        if by == By::Channel && now > until { Err(BookingRefusal::TooLate) } else { Ok(()) }
    }

    /// It is at another time. The provider confirms what the channel moved, where it confirms.
    pub(crate) fn move_to(
        &mut self,
        appointment: Appointment,
        by: By,
        confirmed_by_provider: bool,
        now: DateTime<Utc>,
    ) {
        self.appointment = appointment;
        self.zone_now = None;
        match by {
            By::Channel if confirmed_by_provider => {
                self.come_to(BookingState::Pending);
                self.confirm_by = Some(confirm_by(now, self.appointment.start));
            }
            // What still waits to be confirmed waits no longer than until it begins.
            By::Channel => {
                self.come_to(self.state);
                self.confirm_by = self.confirm_by.map(|by| by.min(self.appointment.start));
            }
            By::Provider | By::Careway => self.come_to(BookingState::Booked),
        }
    }

    fn is_pending(&self, now: DateTime<Utc>) -> Step {
        let pending = self.state == BookingState::Pending && self.confirm_by.is_some_and(|by| now < by);
        if pending { Ok(()) } else { Err(BookingRefusal::NotPending) }
    }

    fn has_begun(&self, now: DateTime<Utc>) -> Step {
        match self.state {
            BookingState::Booked if now < self.appointment.start => Err(BookingRefusal::NotBegun),
            BookingState::Booked => Ok(()),
            state => Err(BookingRefusal::NotOpen(state)),
        }
    }

    fn end(&mut self, state: BookingState, by: By, reason: Option<String>) {
        self.ended_by = Some(by);
        self.reason = reason;
        self.come_to(state);
    }

    fn come_to(&mut self, state: BookingState) {
        self.state = state;
        self.version += 1;
        if state != BookingState::Pending {
            self.confirm_by = None;
        }
    }
}

//! Each step at each state, and by the clock.

use careway_kernel::{BookingId, Clock, ConnectionId, Currency, Money, OrganizationId, ServiceId};
use chrono::{DateTime, TimeDelta, Utc};

use super::super::{Appointment, Booking, BookingState, By, confirm_by, refusal::BookingRefusal};

const START: &str = "2027-02-02T07:00:00Z";

fn start() -> DateTime<Utc> {
    START.parse().unwrap()
}

fn before(minutes: i64) -> DateTime<Utc> {
    start() - TimeDelta::minutes(minutes)
}

fn appointment(at: DateTime<Utc>) -> Appointment {
    Appointment {
        resources: Vec::new(),
        start: at,
        minutes: 30,
        local_start: at.naive_utc(),
        zone: "UTC".to_owned(),
    }
}

fn booking(state: BookingState) -> Booking {
    let clock = Clock::manual(before(3000));
    Booking {
        test: None,
        id: BookingId::new(&clock),
        connection: ConnectionId::new(&clock),
        provider: OrganizationId::new(&clock),
        channel: OrganizationId::new(&clock),
        service: ServiceId::new(&clock),
        appointment: appointment(start()),
        zone_now: None,
        state,
        price: Money::new(Currency::Ron, 15_000),
        cancellation_minutes: 60,
        confirm_by: (state == BookingState::Pending).then(|| before(1440)),
        ended_by: None,
        reason: None,
        external_id: String::new(),
        patient: None,
        version: 1,
        created_at: clock.now(),
    }
}

#[test]
fn a_provider_has_a_day_to_confirm_and_never_longer_than_until_it_begins() {
    assert_eq!(confirm_by(before(3000), start()), before(3000 - 1440));
    assert_eq!(confirm_by(before(10), start()), start());
    let mut pending = booking(BookingState::Pending);
    assert!(!pending.lapse(before(1441)));
    assert_eq!(pending.clone().confirm(before(1440)), Err(BookingRefusal::NotPending));
    pending.clone().confirm(before(1441)).unwrap();
    assert!(pending.lapse(before(1440)));
    assert_eq!(
        (pending.state, pending.ended_by, pending.version),
        (BookingState::Declined, Some(By::Careway), 2)
    );
    assert_eq!(pending.decline(None, before(1500)), Err(BookingRefusal::NotPending));
}

#[test]
fn the_channel_is_too_late_the_provider_never() {
    let mut booked = booking(BookingState::Booked);
    assert_eq!(booked.may_change(By::Channel, before(60)), Ok(()));
    assert_eq!(booked.may_change(By::Channel, before(59)), Err(BookingRefusal::TooLate));
    booked.cancel(By::Provider, Some("ill".to_owned()), before(1)).unwrap();
    assert_eq!((booked.state, booked.is_open()), (BookingState::Cancelled, false));
    assert_eq!(booked.cancel(By::Provider, None, before(1)), Err(BookingRefusal::AlreadyCancelled));
    assert_eq!(booked.miss(start()), Err(BookingRefusal::NotOpen(BookingState::Cancelled)));
}

#[test]
fn what_became_of_it_is_said_once_it_has_begun() {
    let mut booked = booking(BookingState::Booked);
    assert_eq!(booked.miss(before(1)), Err(BookingRefusal::NotBegun));
    booked.fulfil(start()).unwrap();
    let refusal = BookingRefusal::NotOpen(BookingState::Fulfilled);
    assert_eq!(booked.cancel(By::Provider, None, start()), Err(refusal));
}

#[test]
fn what_a_channel_moves_is_confirmed_anew_where_the_provider_confirms() {
    let later = appointment(start() + TimeDelta::hours(2));
    let mut moved = booking(BookingState::Booked);
    moved.move_to(later.clone(), By::Channel, true, before(100));
    assert_eq!((moved.state, moved.confirm_by), (BookingState::Pending, Some(later.start)));
    moved.move_to(later.clone(), By::Provider, true, before(100));
    assert_eq!((moved.state, moved.confirm_by), (BookingState::Booked, None));
    moved.move_to(later, By::Channel, false, before(100));
    assert_eq!(moved.state, BookingState::Booked);
}

#[test]
fn what_waits_to_be_confirmed_waits_no_longer_than_until_it_begins_wherever_it_is_moved() {
    let mut moved = booking(BookingState::Pending);
    moved.move_to(appointment(before(2000)), By::Channel, false, before(2800));
    assert_eq!((moved.state, moved.confirm_by), (BookingState::Pending, Some(before(2000))));
    moved.move_to(appointment(start()), By::Channel, false, before(2800));
    assert_eq!(moved.confirm_by, Some(before(2000)), "who moves it has no more time for that");
}

#[test]
fn the_clock_of_a_booking_has_changed_when_it_reads_otherwise_now() {
    let mut booked = booking(BookingState::Booked);
    assert!(!booked.clock_changed());
    booked.zone_now = Some("Europe/Bucharest".to_owned());
    assert!(booked.clock_changed());
    booked.zone_now = Some("Africa/Abidjan".to_owned());
    assert!(!booked.clock_changed(), "another zone whose clock reads the same");
    booked.appointment.local_start += TimeDelta::hours(1);
    booked.zone_now = None;
    assert!(booked.clock_changed(), "its own zone has other rules since");
}

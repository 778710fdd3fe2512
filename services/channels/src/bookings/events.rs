//! What bookings say.

use careway_contract::channels::v1::{BookingCancelled, BookingChanged, BookingMade};
use careway_events::{Fact, record};
use careway_service::{Transaction, timestamp};

use super::domain::Booking;
use crate::App;

/// Says that a time was booked, or asked for.
pub(crate) fn made(app: &App, tx: &mut Transaction, booking: &Booking) {
    let fact = Fact::new(BookingMade {
        booking_id: booking.id.to_string(),
        connection_id: booking.connection.to_string(),
        service_id: booking.service.to_string(),
        start: Some(timestamp(booking.appointment.start)),
        state: booking.state.as_str().to_owned(),
        test: booking.test.is_some(),
    });
    record(tx, of(booking, fact));
    // The statement that wrote it gave it its place in the channel's feed.
    tx.wake_after_commit(app.feed_changed.clone());
}

/// Says what became of a booking.
pub(crate) fn changed(app: &App, tx: &mut Transaction, booking: &Booking) {
    let (booking_id, connection_id) = (booking.id.to_string(), booking.connection.to_string());
    let (service_id, state) = (booking.service.to_string(), booking.state.as_str().to_owned());
    let (start, test) = (Some(timestamp(booking.appointment.start)), booking.test.is_some());
    let fact = match booking.ended_by {
        Some(by) => {
            let by = by.as_str().to_owned();
            Fact::new(BookingCancelled { booking_id, connection_id, service_id, start, state, by, test })
        }
        None => Fact::new(BookingChanged { booking_id, connection_id, service_id, start, state, test }),
    };
    record(tx, of(booking, fact));
    // The statement that wrote it gave it its place in the channel's feed.
    tx.wake_after_commit(app.feed_changed.clone());
}

fn of(booking: &Booking, fact: Fact) -> Fact {
    fact.about(booking.id.uuid(), booking.version).of(booking.provider).also(booking.channel)
}

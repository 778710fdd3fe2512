//! Bookings as the contract shows them.

use careway_contract::channels::v1::{
    self as proto,
    booking::{Side, State},
};
use careway_service::{count, money, timestamp, version};

use super::{
    domain::{Booking, BookingState, By, Patient},
    store::{Met, Party},
};

pub(crate) fn booking(booking: &Booking, to: Party) -> proto::Booking {
    let appointment = &booking.appointment;
    let resources = appointment.resources.iter();
    let resources = resources.filter(|_| matches!(to, Party::Provider(_)) && booking.test.is_none());
    proto::Booking {
        booking_id: booking.id.to_string(),
        connection_id: booking.connection.to_string(),
        provider_id: booking.provider.to_string(),
        channel_id: booking.channel.to_string(),
        service_id: booking.service.to_string(),
        state: state(booking.state).into(),
        start: Some(timestamp(appointment.start)),
        end: Some(timestamp(appointment.end())),
        duration_minutes: count(appointment.minutes),
        local_start: appointment.local_start.format("%Y-%m-%dT%H:%M").to_string(),
        zone: appointment.zone.clone(),
        clock_changed: booking.clock_changed(),
        price: Some(money(booking.price)),
        external_id: booking.external_id.clone(),
        patient: booking.patient.as_ref().map(patient),
        note: booking.patient.as_ref().map(|patient| patient.note.clone()).unwrap_or_default(),
        confirm_by: booking.confirm_by.map(timestamp),
        ended_by: booking.ended_by.map_or(Side::Unspecified, side).into(),
        reason: booking.reason.clone().unwrap_or_default(),
        resource_ids: resources.map(ToString::to_string).collect(),
        created_at: Some(timestamp(booking.created_at)),
        version: version(booking.version),
        test: booking.test.is_some(),
    }
}

/// A booking that a change meets.
pub(crate) fn met(met: &Met) -> proto::HitBooking {
    proto::HitBooking {
        booking_id: met.id.to_string(),
        service_id: met.service.to_string(),
        start: Some(timestamp(met.start)),
        end: Some(timestamp(met.end)),
        state: state(met.state).into(),
    }
}

fn patient(patient: &Patient) -> proto::Patient {
    proto::Patient {
        name: patient.name.clone(),
        phone: patient.phone.clone(),
        birth_date: patient.birth_date.map(|date| date.to_string()).unwrap_or_default(),
        member_number: patient.member_number.clone().unwrap_or_default(),
    }
}

fn side(by: By) -> Side {
    match by {
        By::Provider => Side::Provider,
        By::Channel => Side::Channel,
        By::Careway => Side::Careway,
    }
}

pub(super) fn state(state: BookingState) -> State {
    match state {
        BookingState::Pending => State::Pending,
        BookingState::Booked => State::Booked,
        BookingState::Declined => State::Declined,
        BookingState::Cancelled => State::Cancelled,
        BookingState::NoShow => State::NoShow,
        BookingState::Fulfilled => State::Fulfilled,
    }
}

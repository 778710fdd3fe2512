//! What the Actions Center is answered, as the contract shows it.

use careway_contract::channels::v1::{
    ActionsCenterBooking, ActionsCenterFailure, ActionsCenterSlot, CreateActionsCenterBookingRequest,
    CreateActionsCenterBookingResponse, UpdateActionsCenterBookingResponse, actions_center_booking::Status,
    actions_center_failure,
};

use super::domain::{Answer, Cause, Failure, Reserved};
use crate::bookings::domain::BookingState;

/// The answer to a request, with what it said of slot and user.
pub(super) fn created(
    request: CreateActionsCenterBookingRequest,
    answer: Answer,
) -> CreateActionsCenterBookingResponse {
    match answer {
        Answer::Booked { booking, state } => CreateActionsCenterBookingResponse {
            booking: Some(ActionsCenterBooking {
                booking_id: booking.to_string(),
                slot: request.slot,
                user_information: request.user_information,
                status: status(state).into(),
            }),
            booking_failure: None,
        },
        Answer::Failed(failed) => {
            CreateActionsCenterBookingResponse { booking: None, booking_failure: Some(failure(&failed)) }
        }
    }
}

pub(super) fn updated(reserved: &Reserved) -> UpdateActionsCenterBookingResponse {
    UpdateActionsCenterBookingResponse { booking: Some(booking(reserved)), booking_failure: None }
}

pub(super) fn booking(reserved: &Reserved) -> ActionsCenterBooking {
    ActionsCenterBooking {
        booking_id: reserved.id.to_string(),
        slot: Some(ActionsCenterSlot {
            merchant_id: reserved.connection.to_string(),
            service_id: reserved.service.to_string(),
            start_sec: reserved.start.timestamp(),
            duration_sec: reserved.minutes * 60,
            ..Default::default()
        }),
        user_information: None,
        status: status(reserved.state).into(),
    }
}

pub(super) fn failure(failure: &Failure) -> ActionsCenterFailure {
    let cause = match failure.cause {
        Cause::SlotUnavailable => actions_center_failure::Cause::SlotUnavailable,
        Cause::OutsideCancellationWindow => actions_center_failure::Cause::OutsideCancellationWindow,
        Cause::BookingAlreadyCancelled => actions_center_failure::Cause::BookingAlreadyCancelled,
        Cause::BookingNotCancellable => actions_center_failure::Cause::BookingNotCancellable,
    };
    ActionsCenterFailure { cause: cause.into(), description: failure.description.clone() }
}

pub(super) fn status(state: BookingState) -> Status {
    match state {
        BookingState::Pending => Status::PendingMerchantConfirmation,
        // The format has no word for a patient who was there.
        BookingState::Booked | BookingState::Fulfilled => Status::Confirmed,
        BookingState::Declined => Status::DeclinedByMerchant,
        BookingState::Cancelled => Status::Canceled,
        BookingState::NoShow => Status::NoShow,
    }
}

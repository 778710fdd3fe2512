//! Move a booking to another time or cancel it for the Actions Center, or say why not. The request has no token: the booking is
//! what it stands for.

use careway_contract::channels::v1::{
    ActionsCenterBooking, ActionsCenterSlot, UpdateActionsCenterBookingRequest,
    UpdateActionsCenterBookingResponse, actions_center_booking::Status,
};
use careway_kernel::OrganizationId;
use careway_service::{Call, Error, Keyed, Result, Stop, path_id};

use super::{
    domain::{Failure, Reserved},
    failure::failure,
    parse::wanted,
    store, view,
};
use crate::{
    App,
    bookings::{
        change::change,
        domain::{Booking, By},
        moving::{Time, reschedule},
        store::Party,
    },
    connections::domain::joint_test::TestStep,
    joint_tests,
};

pub(crate) async fn update_actions_center_booking(
    app: &App,
    call: &Call,
    request: UpdateActionsCenterBookingRequest,
) -> Result<UpdateActionsCenterBookingResponse> {
    let channel = call.caller.channel()?;
    // Nothing is kept of this under a key.
    let call = &call.unkeyed();
    let given = request.booking.unwrap_or_default();
    let reserved = find(app, call, channel, &given).await?;
    let updated = match (given.status(), &given.slot) {
        (Status::Canceled, _) => cancel(app, call, channel, &given.booking_id).await,
        (Status::BookingStatusUnspecified | Status::Confirmed, Some(slot)) => {
            to_slot(app, call, channel, &reserved, slot).await
        }
        _ => {
            let words = "must have a slot to move it to, or the status CANCELED";
            Err(Error::violation("booking", words).into())
        }
    };
    let failed = match updated {
        Ok(Ok(booking)) => return Ok(view::updated(&Reserved::of(&booking))),
        Ok(Err(failed)) => failed,
        Err(Stop::Refused(refusal)) => failure(&refusal).ok_or(refusal)?,
        Err(Stop::Answered(_)) => return Err(Error::internal(anyhow::anyhow!("an answer without a key"))),
    };
    Ok(UpdateActionsCenterBookingResponse { booking: None, booking_failure: Some(view::failure(&failed)) })
}

/// The booking, which is the merchant's that it is said to be.
async fn find(
    app: &App,
    call: &Call,
    channel: OrganizationId,
    given: &ActionsCenterBooking,
) -> Result<Reserved> {
    let id = path_id("booking", &given.booking_id)?;
    let found = {
        let mut reader = app.db.read(call).await?;
        store::find_reserved(&mut reader, channel, id).await?
    };
    let merchant = given.slot.as_ref().map(|slot| slot.merchant_id.as_str()).filter(|id| !id.is_empty());
    let is_of = |found: &Reserved| merchant.is_none_or(|id| id == found.connection.to_string());
    found.filter(is_of).ok_or(Error::not_found("booking"))
}

async fn cancel(
    app: &App,
    call: &Call,
    channel: OrganizationId,
    id: &str,
) -> Keyed<Result<Booking, Failure>> {
    let party = Party::Channel(channel);
    let (tx, booking) =
        change(app, call, party, id, "booking.cancel", |booking, now| booking.cancel(By::Channel, None, now))
            .await?;
    tx.finish().await?;
    if booking.test.is_some() {
        joint_tests::saw(app, booking.connection, &[TestStep::Cancellation]).await;
    }
    Ok(Ok(booking))
}

async fn to_slot(
    app: &App,
    call: &Call,
    channel: OrganizationId,
    reserved: &Reserved,
    slot: &ActionsCenterSlot,
) -> Keyed<Result<Booking, Failure>> {
    // What does not change need not be said.
    let service_id = match &*slot.service_id {
        "" => reserved.service.to_string(),
        given => given.to_owned(),
    };
    let slot = ActionsCenterSlot { service_id, ..slot.clone() };
    let Some(wanted) = wanted(&slot) else { return Ok(Err(Failure::no_such_slot())) };
    if wanted.slot.service != reserved.service {
        return Err(Error::violation("booking.slot.service_id", "must be what is booked").into());
    }
    let (party, id) = (Party::Channel(channel), reserved.id.to_string());
    let (tx, booking) = reschedule(app, call, party, &id, Time::Slot(wanted.slot)).await?;
    if !wanted.takes(booking.appointment.minutes) {
        return Ok(Err(Failure::no_such_slot()));
    }
    tx.finish().await?;
    if booking.test.is_some() {
        joint_tests::saw(app, booking.connection, &[TestStep::Change]).await;
    }
    Ok(Ok(booking))
}

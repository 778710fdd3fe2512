//! Decline a booking that waits to be confirmed.

use careway_contract::channels::v1::{DeclineBookingRequest, DeclineBookingResponse};
use careway_service::{Call, Keyed};

use super::{change::change, parse, store::Party, view};
use crate::App;

pub(crate) async fn decline_booking(
    app: &App,
    call: &Call,
    request: DeclineBookingRequest,
) -> Keyed<DeclineBookingResponse> {
    let party = Party::Provider(call.caller.facility()?);
    let reason = parse::reason(&request.reason)?;
    let (tx, booking) = change(app, call, party, &request.booking_id, "booking.decline", |booking, now| {
        booking.decline(reason, now)
    })
    .await?;
    tx.commit(DeclineBookingResponse { booking: Some(view::booking(&booking, party)) }).await
}

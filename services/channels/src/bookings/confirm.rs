//! Confirm a booking that waits for it.

use careway_contract::channels::v1::{ConfirmBookingRequest, ConfirmBookingResponse};
use careway_service::{Call, Keyed};

use super::{change::change, domain::Booking, store::Party, view};
use crate::App;

pub(crate) async fn confirm_booking(
    app: &App,
    call: &Call,
    request: ConfirmBookingRequest,
) -> Keyed<ConfirmBookingResponse> {
    let party = Party::Provider(call.caller.facility()?);
    let (tx, booking) =
        change(app, call, party, &request.booking_id, "booking.confirm", Booking::confirm).await?;
    tx.commit(ConfirmBookingResponse { booking: Some(view::booking(&booking, party)) }).await
}

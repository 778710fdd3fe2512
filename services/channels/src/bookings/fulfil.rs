//! Say that a patient was there.

use careway_contract::channels::v1::{FulfilBookingRequest, FulfilBookingResponse};
use careway_service::{Call, Keyed};

use super::{change::change, domain::Booking, store::Party, view};
use crate::App;

pub(crate) async fn fulfil_booking(
    app: &App,
    call: &Call,
    request: FulfilBookingRequest,
) -> Keyed<FulfilBookingResponse> {
    let party = Party::Provider(call.caller.facility()?);
    let (tx, booking) =
        change(app, call, party, &request.booking_id, "booking.fulfil", Booking::fulfil).await?;
    tx.commit(FulfilBookingResponse { booking: Some(view::booking(&booking, party)) }).await
}

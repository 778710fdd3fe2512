//! Cancel a booking, for the provider.

use careway_contract::channels::v1::{CancelBookingRequest, CancelBookingResponse};
use careway_service::{Call, Keyed};

use super::{change::change, domain::By, parse, store::Party, view};
use crate::App;

pub(crate) async fn cancel_booking(
    app: &App,
    call: &Call,
    request: CancelBookingRequest,
) -> Keyed<CancelBookingResponse> {
    let party = Party::Provider(call.caller.facility()?);
    let reason = parse::reason(&request.reason)?;
    let (tx, booking) = change(app, call, party, &request.booking_id, "booking.cancel", |booking, now| {
        booking.cancel(By::Provider, reason, now)
    })
    .await?;
    tx.commit(CancelBookingResponse { booking: Some(view::booking(&booking, party)) }).await
}

//! Say that a patient did not come.

use careway_contract::channels::v1::{MarkBookingMissedRequest, MarkBookingMissedResponse};
use careway_service::{Call, Keyed};

use super::{change::change, domain::Booking, store::Party, view};
use crate::App;

pub(crate) async fn mark_booking_missed(
    app: &App,
    call: &Call,
    request: MarkBookingMissedRequest,
) -> Keyed<MarkBookingMissedResponse> {
    let party = Party::Provider(call.caller.facility()?);
    let (tx, booking) =
        change(app, call, party, &request.booking_id, "booking.missed", Booking::miss).await?;
    tx.commit(MarkBookingMissedResponse { booking: Some(view::booking(&booking, party)) }).await
}

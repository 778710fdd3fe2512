//! Read a booking, for the provider.

use careway_contract::channels::v1::{GetBookingRequest, GetBookingResponse};
use careway_service::{Call, Result};

use super::{read::read, store::Party, view};
use crate::App;

pub(crate) async fn get_booking(
    app: &App,
    call: &Call,
    request: GetBookingRequest,
) -> Result<GetBookingResponse> {
    let party = Party::Provider(call.caller.facility()?);
    let booking = read(app, call, party, &request.booking_id).await?;
    Ok(GetBookingResponse { booking: Some(view::booking(&booking, party)) })
}

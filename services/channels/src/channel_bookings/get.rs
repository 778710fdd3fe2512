//! Read a booking, for the channel that made it.

use careway_contract::channels::v1::{GetChannelBookingRequest, GetChannelBookingResponse};
use careway_service::{Call, Result};

use crate::{
    App,
    bookings::{read::read, store::Party, view},
};

pub(crate) async fn get_channel_booking(
    app: &App,
    call: &Call,
    request: GetChannelBookingRequest,
) -> Result<GetChannelBookingResponse> {
    let party = Party::Channel(call.caller.channel()?);
    let booking = read(app, call, party, &request.booking_id).await?;
    Ok(GetChannelBookingResponse { booking: Some(view::booking(&booking, party)) })
}

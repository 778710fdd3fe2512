//! Cancel a booking, for the channel that made it.

use careway_contract::channels::v1::{CancelChannelBookingRequest, CancelChannelBookingResponse};
use careway_service::{Call, Keyed};

use crate::{
    App,
    bookings::{change::change, domain::By, parse, store::Party, view},
    connections::domain::joint_test::TestStep,
    joint_tests,
};

pub(crate) async fn cancel_channel_booking(
    app: &App,
    call: &Call,
    request: CancelChannelBookingRequest,
) -> Keyed<CancelChannelBookingResponse> {
    let party = Party::Channel(call.caller.channel()?);
    let reason = parse::reason(&request.reason)?;
    let (tx, booking) = change(app, call, party, &request.booking_id, "booking.cancel", |booking, now| {
        booking.cancel(By::Channel, reason, now)
    })
    .await?;
    let answer =
        tx.commit(CancelChannelBookingResponse { booking: Some(view::booking(&booking, party)) }).await?;
    if booking.test.is_some() {
        joint_tests::saw(app, booking.connection, &[TestStep::Cancellation]).await;
    }
    Ok(answer)
}

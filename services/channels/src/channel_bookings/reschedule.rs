//! Move a booking, for the channel that made it.

use careway_contract::channels::v1::{RescheduleChannelBookingRequest, RescheduleChannelBookingResponse};
use careway_kernel::Violations;
use careway_service::{Call, Keyed};

use crate::{
    App,
    bookings::{moving::reschedule, parse, store::Party, view},
    connections::domain::joint_test::TestStep,
    joint_tests,
};

pub(crate) async fn reschedule_channel_booking(
    app: &App,
    call: &Call,
    request: RescheduleChannelBookingRequest,
) -> Keyed<RescheduleChannelBookingResponse> {
    let party = Party::Channel(call.caller.channel()?);
    let mut v = Violations::default();
    let time = parse::time(&mut v, &request.hold_id, &request.slot_id);
    let (time,) = v.all((time,))?;
    let (tx, booking) = reschedule(app, call, party, &request.booking_id, time).await?;
    let answer =
        tx.commit(RescheduleChannelBookingResponse { booking: Some(view::booking(&booking, party)) }).await?;
    if booking.test.is_some() {
        joint_tests::saw(app, booking.connection, &[TestStep::Change]).await;
    }
    Ok(answer)
}

//! Move a booking, for the provider.

use careway_contract::channels::v1::{RescheduleBookingRequest, RescheduleBookingResponse};
use careway_kernel::Violations;
use careway_service::{Call, Keyed};

use super::{
    moving::{Time, reschedule},
    store::Party,
    view,
};
use crate::{App, slots::domain::slot_id::SlotId};

pub(crate) async fn reschedule_booking(
    app: &App,
    call: &Call,
    request: RescheduleBookingRequest,
) -> Keyed<RescheduleBookingResponse> {
    let party = Party::Provider(call.caller.facility()?);
    let mut v = Violations::default();
    let slot = v.required("slotId", request.slot_id.as_str(), SlotId::parse);
    let (slot,) = v.all((slot,))?;
    let (tx, booking) = reschedule(app, call, party, &request.booking_id, Time::Slot(slot)).await?;
    tx.commit(RescheduleBookingResponse { booking: Some(view::booking(&booking, party)) }).await
}

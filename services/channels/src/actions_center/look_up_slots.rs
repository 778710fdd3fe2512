//! Tell the Actions Center of every slot that it asks for whether it can be booked now.

use careway_contract::channels::v1::{
    ActionsCenterSlotTime, ActionsCenterSlotTimeAvailability, LookUpActionsCenterSlotsRequest,
    LookUpActionsCenterSlotsResponse,
};
use careway_kernel::{ConnectionId, Violations};
use careway_service::{Call, Error, Result, path_id};

use super::{parse::wanted_of_merchant, store};
use crate::{
    App,
    slots::look_up::{Bookable, bookable},
};

/// Slots of one request.
const MOST: usize = 1000;

pub(crate) async fn look_up_actions_center_slots(
    app: &App,
    call: &Call,
    request: LookUpActionsCenterSlotsRequest,
) -> Result<LookUpActionsCenterSlotsResponse> {
    let channel = call.caller.channel()?;
    let merchant: ConnectionId = path_id("merchant", &request.merchant_id)?;
    let mut v = Violations::default();
    v.check("slot_time", request.slot_time.len() <= MOST, "must be at most 1000");
    v.finish()?;
    let known = {
        let mut reader = app.db.read(call).await?;
        store::is_merchant(&mut reader, channel, merchant).await?
    };
    if !known {
        return Err(Error::not_found("merchant"));
    }
    let wanted = request.slot_time.iter().filter_map(wanted_of_merchant);
    let slots: Vec<_> = wanted.map(|wanted| wanted.slot).collect();
    let bookable = bookable(app, call, channel, &slots).await?;
    let told = request.slot_time.into_iter().map(|slot_time| {
        let available = Some(is_available(merchant, &bookable, &slot_time));
        ActionsCenterSlotTimeAvailability { slot_time: Some(slot_time), available }
    });
    Ok(LookUpActionsCenterSlotsResponse { slot_time_availability: told.collect() })
}

fn is_available(merchant: ConnectionId, bookable: &[Bookable], slot_time: &ActionsCenterSlotTime) -> bool {
    let Some(wanted) = wanted_of_merchant(slot_time) else { return false };
    bookable
        .iter()
        .any(|of| of.connection == merchant && wanted.takes(of.minutes) && of.free.contains(&wanted.slot))
}

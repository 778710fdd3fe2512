//! Tell the Actions Center where a booking stands.

use careway_contract::channels::v1::{
    GetActionsCenterBookingStatusRequest, GetActionsCenterBookingStatusResponse,
};
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_actions_center_booking_status(
    app: &App,
    call: &Call,
    request: GetActionsCenterBookingStatusRequest,
) -> Result<GetActionsCenterBookingStatusResponse> {
    let channel = call.caller.channel()?;
    let id = path_id("booking", &request.booking_id)?;
    let mut reader = app.db.read(call).await?;
    let reserved = store::find_reserved(&mut reader, channel, id).await?;
    let reserved = reserved.ok_or(Error::not_found("booking"))?;
    Ok(GetActionsCenterBookingStatusResponse {
        booking_id: reserved.id.to_string(),
        booking_status: view::status(reserved.state).into(),
    })
}

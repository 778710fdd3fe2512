//! List what a user of the Actions Center has booked and is still to come, without whom it is for.

use careway_contract::channels::v1::{
    ActionsCenterBooking, ActionsCenterUser, ListActionsCenterBookingsRequest,
    ListActionsCenterBookingsResponse,
};
use careway_kernel::{Violations, text::Line};
use careway_service::{Call, Result};

use super::{domain::user, store, view};
use crate::App;

/// Bookings of one answer.
const MOST: i64 = 200;

pub(crate) async fn list_actions_center_bookings(
    app: &App,
    call: &Call,
    request: ListActionsCenterBookingsRequest,
) -> Result<ListActionsCenterBookingsResponse> {
    let channel = call.caller.channel()?;
    let mut v = Violations::default();
    let id = v.required("user_id", request.user_id.as_str(), Line::<200>::parse);
    let (id,) = v.all((id,))?;
    let user = user(channel, id.as_str());
    let mut reader = app.db.read(call).await?;
    let reserved = store::list_reserved(&mut reader, channel, &user, app.clock.now(), MOST).await?;
    let of_user = || ActionsCenterUser { user_id: request.user_id.clone(), ..Default::default() };
    let bookings = reserved.iter().map(|reserved| ActionsCenterBooking {
        user_information: Some(of_user()),
        ..view::booking(reserved)
    });
    Ok(ListActionsCenterBookingsResponse { bookings: bookings.collect() })
}

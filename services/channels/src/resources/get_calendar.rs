//! Read a resource's calendar.

use careway_contract::channels::v1::{self as proto, GetCalendarRequest, GetCalendarResponse};
use careway_kernel::ResourceId;
use careway_service::{Call, Error, Result, path_id};

use super::{calendar_view, store};
use crate::App;

pub(crate) async fn get_calendar(
    app: &App,
    call: &Call,
    request: GetCalendarRequest,
) -> Result<GetCalendarResponse> {
    let provider = call.caller.facility()?;
    let id: ResourceId = path_id("resource", &request.resource_id)?;
    let mut reader = app.db.read(call).await?;
    let found = store::find_calendar(&mut reader, provider, id).await?;
    let (calendar, version) = found.ok_or(Error::not_found("resource"))?;
    // One that was never set shows as empty, at version 0, on the provider's clock.
    let shown = match calendar {
        Some(calendar) => calendar_view::calendar(&calendar, version),
        None => {
            let zone = store::find_zone(&mut reader, provider).await?;
            proto::Calendar { zone, version: Some(0), ..Default::default() }
        }
    };
    Ok(GetCalendarResponse { calendar: Some(shown) })
}

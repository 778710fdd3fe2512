//! Read a work calendar.

use careway_contract::cases::v1::{GetWorkCalendarRequest, GetWorkCalendarResponse};
use careway_service::{Call, Error, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn get_work_calendar(
    app: &App,
    call: &Call,
    request: GetWorkCalendarRequest,
) -> Result<GetWorkCalendarResponse> {
    let mut reader = app.db.read(call).await?;
    let found = store::find_calendar(&mut reader, &request.work_calendar_id).await?;
    let (calendar, version) = found.ok_or(Error::not_found("work calendar"))?;
    let work_calendar = Some(view::work_calendar(&request.work_calendar_id, &calendar, version));
    Ok(GetWorkCalendarResponse { work_calendar })
}

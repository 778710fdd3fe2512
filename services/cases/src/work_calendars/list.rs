//! List the work calendars.

use careway_contract::cases::v1::{ListWorkCalendarsRequest, ListWorkCalendarsResponse};
use careway_service::{Call, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_work_calendars(
    app: &App,
    call: &Call,
    _: ListWorkCalendarsRequest,
) -> Result<ListWorkCalendarsResponse> {
    let mut reader = app.db.read(call).await?;
    let calendars = store::list_calendars(&mut reader).await?;
    let shown = calendars.iter().map(|(id, calendar, version)| view::work_calendar(id, calendar, *version));
    Ok(ListWorkCalendarsResponse { work_calendars: shown.collect() })
}

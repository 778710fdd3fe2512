//! Set a work calendar, whole. The timer of service levels reckons anew what ran by the one before.

use careway_contract::cases::v1::{SetWorkCalendarRequest, SetWorkCalendarResponse};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{store, view};
use crate::App;

pub(crate) async fn set_work_calendar(
    app: &App,
    call: &Call,
    request: SetWorkCalendarRequest,
) -> Keyed<SetWorkCalendarResponse> {
    let id = request.work_calendar_id;
    if !view::is_name(&id) {
        return Err(Error::not_found("work calendar").into());
    }
    let mut v = Violations::default();
    let calendar = view::parse(&mut v, &request.work_calendar.unwrap_or_default());
    let (calendar,) = v.all((calendar,))?;
    let version = call.expected_version()? + 1;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    if !store::upsert_calendar(&mut tx, &id, &calendar, version, now).await? {
        return Err(Error::stale().into());
    }
    tx.audit(AuditEntry { action: "work_calendar.set", ..Default::default() });
    let work_calendar = Some(view::work_calendar(&id, &calendar, version));
    tx.commit(SetWorkCalendarResponse { work_calendar }).await
}

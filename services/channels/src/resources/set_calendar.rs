//! Set a resource's calendar, whole.

use careway_contract::channels::v1::{SetCalendarRequest, SetCalendarResponse};
use careway_kernel::{ResourceId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{calendar_view, store};
use crate::{
    App,
    availability::store::{Of, insert_change},
};

pub(crate) async fn set_calendar(
    app: &App,
    call: &Call,
    request: SetCalendarRequest,
) -> Keyed<SetCalendarResponse> {
    let provider = call.caller.facility()?;
    let id: ResourceId = path_id("resource", &request.resource_id)?;
    let mut v = Violations::default();
    let given = request.calendar.unwrap_or_default();
    let calendar = v.within("calendar", |v| calendar_view::parse(v, &app.clock, &given));
    let (calendar,) = v.all((calendar,))?;
    let version = call.expected_version()? + 1;

    let mut tx = app.db.begin(call).await?;
    store::lock_bookable(&mut tx, provider).await?;
    match store::update_calendar(&mut tx, provider, id, &calendar, version).await? {
        None => return Err(Error::not_found("resource").into()),
        Some(false) => return Err(Error::stale().into()),
        Some(true) => {}
    }
    let now = tx.now();
    insert_change(&mut tx, provider, Of::Resource(id), (now, None)).await?;
    tx.audit(AuditEntry { action: "calendar.set", ..Default::default() });
    tx.wake_after_commit(app.offer_changed.clone());
    tx.commit(SetCalendarResponse { calendar: Some(calendar_view::calendar(&calendar, version)) }).await
}

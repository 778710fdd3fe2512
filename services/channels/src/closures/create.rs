//! Shut a resource's calendar for an interval.

use careway_contract::channels::v1::{CreateClosureRequest, CreateClosureResponse};
use careway_kernel::{ClosureId, ResourceId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, instant, path_id};

use crate::{
    App,
    availability::store::{Of, insert_change},
    bookings, holds,
    resources::{calendar_view::shown_closure, domain::calendar::Closure, store},
};

pub(crate) async fn create_closure(
    app: &App,
    call: &Call,
    request: CreateClosureRequest,
) -> Keyed<CreateClosureResponse> {
    let provider = call.caller.facility()?;
    let id: ResourceId = path_id("resource", &request.resource_id)?;
    let mut v = Violations::default();
    let from = v.present("from", request.from.and_then(instant));
    let to = v.present("to", request.to.and_then(instant));
    if let (Some(from), Some(to)) = (from, to) {
        v.check("to", to > from, "must be after from");
    }
    let (from, to) = v.all((from, to))?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    store::lock_bookable(&mut tx, provider).await?;
    let found = store::find_calendar(&mut tx, provider, id).await?;
    let (calendar, version) = found.ok_or(Error::not_found("resource"))?;
    let mut calendar = calendar.ok_or(Error::not_found("calendar"))?;
    let closure = Closure { id: Some(ClosureId::new(&app.clock)), from, to };
    calendar.shut(closure, now)?;
    store::update_calendar(&mut tx, provider, id, &calendar, version + 1).await?;
    insert_change(&mut tx, provider, Of::Resource(id), (from, Some(to))).await?;
    let held = holds::store::list_between(&mut tx, provider, id, (from, to)).await?;
    holds::store::release(&mut tx, &held, now).await?;
    let met = bookings::store::list_met(&mut tx, provider, id, (from, to)).await?;
    tx.audit(AuditEntry { action: "calendar.shut", ..Default::default() });
    let bookings = met.iter().map(bookings::view::met).collect();
    tx.commit(CreateClosureResponse { closure: Some(shown_closure(&closure)), bookings }).await
}

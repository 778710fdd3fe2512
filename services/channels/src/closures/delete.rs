//! Take a closure away.

use careway_contract::channels::v1::{DeleteClosureRequest, DeleteClosureResponse};
use careway_kernel::{ClosureId, ResourceId};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use crate::{
    App,
    availability::store::{Of, insert_change},
    resources::store,
};

pub(crate) async fn delete_closure(
    app: &App,
    call: &Call,
    request: DeleteClosureRequest,
) -> Keyed<DeleteClosureResponse> {
    let provider = call.caller.facility()?;
    let id: ResourceId = path_id("resource", &request.resource_id)?;
    let closure: ClosureId = path_id("closure", &request.closure_id)?;
    let mut tx = app.db.begin(call).await?;
    store::lock_bookable(&mut tx, provider).await?;
    let found = store::find_calendar(&mut tx, provider, id).await?;
    let (calendar, version) = found.ok_or(Error::not_found("resource"))?;
    let mut calendar = calendar.ok_or(Error::not_found("closure"))?;
    let closure = calendar.reopen(closure).ok_or(Error::not_found("closure"))?;
    store::update_calendar(&mut tx, provider, id, &calendar, version + 1).await?;
    insert_change(&mut tx, provider, Of::Resource(id), (closure.from, Some(closure.to))).await?;
    tx.audit(AuditEntry { action: "calendar.reopen", ..Default::default() });
    tx.commit(DeleteClosureResponse {}).await
}

//! Take a resource away.

use careway_contract::channels::v1::{DeleteResourceRequest, DeleteResourceResponse};
use careway_kernel::ResourceId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::store;
use crate::{
    App,
    availability::store::{Of, insert_change},
};

pub(crate) async fn delete_resource(
    app: &App,
    call: &Call,
    request: DeleteResourceRequest,
) -> Keyed<DeleteResourceResponse> {
    let provider = call.caller.facility()?;
    let id: ResourceId = path_id("resource", &request.resource_id)?;
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    // Nobody books meanwhile what is not there any more afterwards.
    store::lock_bookable(&mut tx, provider).await?;
    if !store::update_deleted(&mut tx, provider, id, now).await? {
        return Err(Error::not_found("resource").into());
    }
    insert_change(&mut tx, provider, Of::Resource(id), (now, None)).await?;
    tx.audit(AuditEntry { action: "resource.delete", ..Default::default() });
    tx.wake_after_commit(app.offer_changed.clone());
    tx.commit(DeleteResourceResponse {}).await
}

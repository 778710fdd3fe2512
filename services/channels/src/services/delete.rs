//! Take an examination away: connections withdraw it, and end with their last one.

use careway_contract::channels::v1::{DeleteServiceRequest, DeleteServiceResponse};
use careway_kernel::ServiceId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::store;
use crate::{App, resources};

pub(crate) async fn delete_service(
    app: &App,
    call: &Call,
    request: DeleteServiceRequest,
) -> Keyed<DeleteServiceResponse> {
    let provider = call.caller.facility()?;
    let id: ServiceId = path_id("service", &request.service_id)?;
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    // Nobody books meanwhile what is not there any more afterwards.
    resources::store::lock_bookable(&mut tx, provider).await?;
    if !store::update_deleted(&mut tx, provider, id, now).await? {
        return Err(Error::not_found("service").into());
    }
    tx.audit(AuditEntry { action: "service.delete", ..Default::default() });
    tx.wake_after_commit(app.offer_changed.clone());
    tx.commit(DeleteServiceResponse {}).await
}

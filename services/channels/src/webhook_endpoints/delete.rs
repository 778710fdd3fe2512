//! Take an endpoint away: what was to be sent to it is cancelled.

use careway_contract::channels::v1::{DeleteWebhookEndpointRequest, DeleteWebhookEndpointResponse};
use careway_kernel::WebhookEndpointId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::store;
use crate::App;

pub(crate) async fn delete_webhook_endpoint(
    app: &App,
    call: &Call,
    request: DeleteWebhookEndpointRequest,
) -> Keyed<DeleteWebhookEndpointResponse> {
    let organization = call.caller.organization()?;
    let id: WebhookEndpointId = path_id("webhook endpoint", &request.endpoint_id)?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    store::lock_endpoint(&mut tx, organization, id).await?.ok_or(Error::not_found("webhook endpoint"))?;
    store::update_deleted(&mut tx, id, now).await?;
    // Its next turn cancels what is pending, and what is still made by who has not seen this.
    store::update_due(&mut tx, id, now).await?;
    tx.wake_after_commit(app.webhook_due.clone());
    tx.audit(AuditEntry { action: "webhook_endpoint.delete", ..Default::default() });
    tx.commit(DeleteWebhookEndpointResponse {}).await
}

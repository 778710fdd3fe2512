//! Send to an endpoint again, what was held for it first.

use careway_contract::channels::v1::{EnableWebhookEndpointRequest, EnableWebhookEndpointResponse};
use careway_kernel::WebhookEndpointId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn enable_webhook_endpoint(
    app: &App,
    call: &Call,
    request: EnableWebhookEndpointRequest,
) -> Keyed<EnableWebhookEndpointResponse> {
    let organization = call.caller.organization()?;
    let id: WebhookEndpointId = path_id("webhook endpoint", &request.endpoint_id)?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let locked = store::lock_endpoint(&mut tx, organization, id).await?;
    let mut endpoint = locked.ok_or(Error::not_found("webhook endpoint"))?;
    endpoint.enable();
    store::update_endpoint(&mut tx, &endpoint).await?;
    store::update_due(&mut tx, id, now).await?;
    tx.wake_after_commit(app.webhook_due.clone());
    tx.audit(AuditEntry { action: "webhook_endpoint.enable", ..Default::default() });
    let live = store::find_live(&mut tx, id, now).await?;
    tx.commit(EnableWebhookEndpointResponse { webhook_endpoint: Some(view::endpoint(&endpoint, live)) }).await
}

//! Send nothing to an endpoint for now.

use careway_contract::channels::v1::{DisableWebhookEndpointRequest, DisableWebhookEndpointResponse};
use careway_kernel::WebhookEndpointId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{domain::Cause, store, view};
use crate::App;

pub(crate) async fn disable_webhook_endpoint(
    app: &App,
    call: &Call,
    request: DisableWebhookEndpointRequest,
) -> Keyed<DisableWebhookEndpointResponse> {
    let organization = call.caller.organization()?;
    let id: WebhookEndpointId = path_id("webhook endpoint", &request.endpoint_id)?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let locked = store::lock_endpoint(&mut tx, organization, id).await?;
    let mut endpoint = locked.ok_or(Error::not_found("webhook endpoint"))?;
    endpoint.disable(Cause::ByOwner);
    store::update_endpoint(&mut tx, &endpoint).await?;
    tx.audit(AuditEntry { action: "webhook_endpoint.disable", ..Default::default() });
    let live = store::find_live(&mut tx, id, now).await?;
    tx.commit(DisableWebhookEndpointResponse { webhook_endpoint: Some(view::endpoint(&endpoint, live)) })
        .await
}

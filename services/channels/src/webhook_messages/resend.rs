//! Send a message again, whatever became of it.

use careway_contract::channels::v1::{ResendWebhookMessageRequest, ResendWebhookMessageResponse};
use careway_kernel::{EventId, Violations, WebhookEndpointId};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{store, view};
use crate::{
    App,
    webhook_endpoints::{domain::EndpointRefusal, store as endpoints},
};

pub(crate) async fn resend_webhook_message(
    app: &App,
    call: &Call,
    request: ResendWebhookMessageRequest,
) -> Keyed<ResendWebhookMessageResponse> {
    let organization = call.caller.organization()?;
    let event: EventId = path_id("webhook message", &request.webhook_message_id)?;
    let mut v = Violations::default();
    let endpoint = v.required("endpointId", request.endpoint_id.as_str(), WebhookEndpointId::parse);
    let (endpoint,) = v.all((endpoint,))?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let not_found = || Error::not_found("webhook message");
    let locked = endpoints::lock_endpoint(&mut tx, organization, endpoint).await?.ok_or_else(not_found)?;
    store::lock_delivery(&mut tx, organization, endpoint, event.uuid()).await?.ok_or_else(not_found)?;
    if locked.disabled.is_some() {
        return Err(EndpointRefusal::Disabled.into());
    }
    store::update_again(&mut tx, endpoint, event.uuid(), now).await?;
    endpoints::update_due(&mut tx, endpoint, now).await?;
    tx.wake_after_commit(app.webhook_due.clone());
    tx.audit(AuditEntry { action: "webhook_message.resend", ..Default::default() });
    let again =
        store::lock_delivery(&mut tx, organization, endpoint, event.uuid()).await?.ok_or_else(not_found)?;
    tx.commit(ResendWebhookMessageResponse { webhook_message: Some(view::message(&again)) }).await
}

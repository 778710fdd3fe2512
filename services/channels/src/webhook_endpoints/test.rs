//! Send a message to an endpoint at once, before anything is locked, and say what was answered.

use careway_contract::channels::v1::{TestWebhookEndpointRequest, TestWebhookEndpointResponse};
use careway_kernel::{WebhookEndpointId, id_at};
use careway_service::{AuditEntry, Call, Error, Keyed, count, path_id};
use serde_json::json;

use super::{sign, store, view};
use crate::{App, event_types::webhook_body};

/// What a test says it is.
const TYPE: &str = "careway.channels.v1.WebhookTest";

pub(crate) async fn test_webhook_endpoint(
    app: &App,
    call: &Call,
    request: TestWebhookEndpointRequest,
) -> Keyed<TestWebhookEndpointResponse> {
    let organization = call.caller.organization()?;
    let id: WebhookEndpointId = path_id("webhook endpoint", &request.endpoint_id)?;
    app.db.replayed(call).await?;
    let now = app.clock.now();
    let (tested, secrets) = {
        let mut reader = app.db.read(call).await?;
        let found = store::find_endpoint(&mut reader, organization, id, now).await?;
        let (tested, _) = found.ok_or(Error::not_found("webhook endpoint"))?;
        (tested, store::list_secrets(&mut reader, &app.webhook_keys, id, now).await?)
    };
    let event = id_at(now);
    let subject = (id.uuid(), tested.version);
    let body = webhook_body(TYPE, now, json!({"endpointId": id.to_string()}), Some(organization), subject);
    let headers = sign::headers(&secrets, event, now, &body)?;
    let sent = app.outbound.in_time_for(call).post(&tested.settings.url, headers, body).await;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let locked = store::lock_endpoint(&mut tx, organization, id).await?;
    let mut endpoint = locked.ok_or(Error::not_found("webhook endpoint"))?;
    if sent.is_success() {
        endpoint.verify(tested.version, now);
        store::update_endpoint(&mut tx, &endpoint).await?;
    }
    tx.audit(AuditEntry { action: "webhook_endpoint.test", ..Default::default() });
    let live = store::find_live(&mut tx, id, now).await?;
    tx.commit(TestWebhookEndpointResponse {
        answered: sent.is_success(),
        status: sent.end.as_ref().map_or(0, |answer| answer.status.into()),
        failure: sent.end.as_ref().err().map_or("", |failure| failure.as_str()).to_owned(),
        milliseconds: count(sent.took.as_millis()),
        webhook_endpoint: Some(view::endpoint(&endpoint, live)),
    })
    .await
}

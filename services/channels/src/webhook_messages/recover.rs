//! Send everything again that happened in a period and was not delivered.

use careway_contract::channels::v1::{RecoverWebhookEndpointRequest, RecoverWebhookEndpointResponse};
use careway_kernel::{Violations, WebhookEndpointId};
use careway_service::{AuditEntry, Call, Error, Keyed, count, instant, path_id};
use chrono::TimeDelta;

use super::store;
use crate::{
    App,
    webhook_endpoints::{domain::EndpointRefusal, store as endpoints},
};

/// How far back something is sent again.
const FARTHEST: TimeDelta = TimeDelta::days(14);

pub(crate) async fn recover_webhook_endpoint(
    app: &App,
    call: &Call,
    request: RecoverWebhookEndpointRequest,
) -> Keyed<RecoverWebhookEndpointResponse> {
    let organization = call.caller.organization()?;
    let id: WebhookEndpointId = path_id("webhook endpoint", &request.endpoint_id)?;
    let now = app.clock.now();
    let mut v = Violations::default();
    let since = v.present("since", request.since.and_then(instant));
    let until = request.until.and_then(instant).unwrap_or(now);
    if let Some(since) = since {
        v.check("since", now - since <= FARTHEST, "must be at most 14 days ago");
        v.check("until", since < until, "must be after since");
    }
    let (since,) = v.all((since,))?;

    let mut tx = app.db.begin(call).await?;
    let locked = endpoints::lock_endpoint(&mut tx, organization, id).await?;
    let endpoint = locked.ok_or(Error::not_found("webhook endpoint"))?;
    if endpoint.disabled.is_some() {
        return Err(EndpointRefusal::Disabled.into());
    }
    let now = tx.now();
    let recovered = store::update_recovered(&mut tx, id, since, until, now).await?;
    endpoints::update_due(&mut tx, id, now).await?;
    tx.wake_after_commit(app.webhook_due.clone());
    tx.audit(AuditEntry { action: "webhook_endpoint.recover", ..Default::default() });
    tx.commit(RecoverWebhookEndpointResponse { messages: count(recovered) }).await
}

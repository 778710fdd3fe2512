//! Make a new secret; the one before signs as well for a day.

use careway_contract::channels::v1::{RotateWebhookSecretRequest, RotateWebhookSecretResponse};
use careway_kernel::{WebhookEndpointId, id_at};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::{
        EndpointRefusal,
        secret::{MOST_LIVE, OVERLAP},
    },
    store, view,
};
use crate::App;

pub(crate) async fn rotate_webhook_secret(
    app: &App,
    call: &Call,
    request: RotateWebhookSecretRequest,
) -> Keyed<RotateWebhookSecretResponse> {
    let organization = call.caller.organization()?;
    let id: WebhookEndpointId = path_id("webhook endpoint", &request.endpoint_id)?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let locked = store::lock_endpoint(&mut tx, organization, id).await?;
    let mut endpoint = locked.ok_or(Error::not_found("webhook endpoint"))?;
    if store::find_live(&mut tx, id, now).await?.count >= MOST_LIVE {
        return Err(EndpointRefusal::TooManySecrets.into());
    }
    store::update_replaced(&mut tx, id, now + OVERLAP).await?;
    let secret_id = id_at(now);
    let made = app.webhook_keys.make(endpoint.scheme, secret_id)?;
    store::insert_secret(&mut tx, &endpoint, secret_id, &made, now).await?;
    endpoint.version += 1;
    store::update_endpoint(&mut tx, &endpoint).await?;
    tx.audit(AuditEntry { action: "webhook_endpoint.rotate_secret", ..Default::default() });
    let live = store::find_live(&mut tx, id, now).await?;
    tx.commit(RotateWebhookSecretResponse {
        webhook_endpoint: Some(view::endpoint(&endpoint, live)),
        secret: made.told.expose().to_owned(),
    })
    .await
}

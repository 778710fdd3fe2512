//! Read an endpoint.

use careway_contract::channels::v1::{GetWebhookEndpointRequest, GetWebhookEndpointResponse};
use careway_kernel::WebhookEndpointId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_webhook_endpoint(
    app: &App,
    call: &Call,
    request: GetWebhookEndpointRequest,
) -> Result<GetWebhookEndpointResponse> {
    let organization = call.caller.organization()?;
    let id: WebhookEndpointId = path_id("webhook endpoint", &request.endpoint_id)?;
    let mut reader = app.db.read(call).await?;
    let found = store::find_endpoint(&mut reader, organization, id, app.clock.now()).await?;
    let (endpoint, live) = found.ok_or(Error::not_found("webhook endpoint"))?;
    Ok(GetWebhookEndpointResponse { webhook_endpoint: Some(view::endpoint(&endpoint, live)) })
}

//! List the organization's endpoints, oldest first.

use careway_contract::channels::v1::{ListWebhookEndpointsRequest, ListWebhookEndpointsResponse};
use careway_service::{Call, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_webhook_endpoints(
    app: &App,
    call: &Call,
    _: ListWebhookEndpointsRequest,
) -> Result<ListWebhookEndpointsResponse> {
    let organization = call.caller.organization()?;
    let mut reader = app.db.read(call).await?;
    let endpoints = store::list_endpoints(&mut reader, organization, app.clock.now()).await?;
    let webhook_endpoints = endpoints.into_iter().map(|(endpoint, live)| view::endpoint(&endpoint, live));
    Ok(ListWebhookEndpointsResponse { webhook_endpoints: webhook_endpoints.collect() })
}

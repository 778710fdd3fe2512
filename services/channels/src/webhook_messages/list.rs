//! List what was or is to be sent, newest first.

use careway_contract::channels::v1::{ListWebhookMessagesRequest, ListWebhookMessagesResponse};
use careway_kernel::{Violations, WebhookEndpointId};
use careway_service::{Call, Error, Paging, Result};
use uuid::Uuid;

use super::{
    store::{self, Filter},
    view,
};
use crate::App;

pub(crate) async fn list_webhook_messages(
    app: &App,
    call: &Call,
    request: ListWebhookMessagesRequest,
) -> Result<ListWebhookMessagesResponse> {
    let organization = call.caller.organization()?;
    let mut v = Violations::default();
    let endpoint = v.optional("endpointId", request.endpoint_id.as_str(), WebhookEndpointId::parse);
    let wanted = (request.page_size, request.page_token.as_str());
    let filter = ListWebhookMessagesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let paging =
        Paging::parse(&mut v, &app.page_key, "ListWebhookMessages", organization.uuid(), &filter, wanted);
    let (endpoint, paging) = v.all((endpoint, paging))?;
    let (state, held) = view::parse_state(request.state());
    let before = paging.after().map(place).transpose()?;
    let filter = Filter { endpoint, state, held, before, limit: paging.limit() };
    let mut reader = app.db.read(call).await?;
    let deliveries = store::list_deliveries(&mut reader, organization, &filter).await?;
    let (deliveries, next_page_token) = paging.cut(deliveries, |delivery| {
        [*delivery.event.as_bytes(), *delivery.endpoint.uuid().as_bytes()].concat()
    });
    let webhook_messages = deliveries.iter().map(view::message).collect();
    Ok(ListWebhookMessagesResponse { webhook_messages, next_page_token })
}

/// The event and the endpoint that a page ended with.
fn place(bytes: &[u8]) -> Result<(Uuid, Uuid)> {
    let (event, endpoint) =
        bytes.split_at_checked(16).ok_or_else(|| Error::internal(anyhow::anyhow!("a short place")))?;
    let id = |bytes| Uuid::from_slice(bytes).map_err(Error::internal);
    Ok((id(event)?, id(endpoint)?))
}

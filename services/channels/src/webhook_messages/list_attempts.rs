//! List the attempts at an endpoint, newest first.

use careway_contract::channels::v1::{ListWebhookAttemptsRequest, ListWebhookAttemptsResponse};
use careway_kernel::{Violations, WebhookEndpointId};
use careway_service::{Call, Error, Paging, Result, path_id};

use super::{store, view};
use crate::{App, webhook_endpoints};

pub(crate) async fn list_webhook_attempts(
    app: &App,
    call: &Call,
    request: ListWebhookAttemptsRequest,
) -> Result<ListWebhookAttemptsResponse> {
    let organization = call.caller.organization()?;
    let id: WebhookEndpointId = path_id("webhook endpoint", &request.endpoint_id)?;
    let mut v = Violations::default();
    let filter = ListWebhookAttemptsRequest { endpoint_id: id.to_string(), ..Default::default() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging =
        Paging::parse(&mut v, &app.page_key, "ListWebhookAttempts", organization.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let mut reader = app.db.read(call).await?;
    let endpoint =
        webhook_endpoints::store::find_endpoint(&mut reader, organization, id, app.clock.now()).await?;
    endpoint.ok_or(Error::not_found("webhook endpoint"))?;
    let attempts = store::list_attempts(&mut reader, id, paging.after_id()?, paging.limit()).await?;
    let (attempts, next_page_token) = paging.cut(attempts, |attempt| *attempt.attempt_id.as_bytes());
    Ok(ListWebhookAttemptsResponse {
        webhook_attempts: attempts.iter().map(view::attempt).collect(),
        next_page_token,
    })
}

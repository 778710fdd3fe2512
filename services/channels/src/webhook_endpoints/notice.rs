//! What the mail about a disabled endpoint says. Of its address the host alone: paths may hold what only its owner knows.

use careway_contract::channels::v1::{GetNoticeRequest, GetNoticeResponse};
use careway_kernel::WebhookEndpointId;
use careway_service::{Call, Result, path_id};

use super::{domain::Cause, store};
use crate::App;

pub(crate) async fn endpoint_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let id: WebhookEndpointId = path_id("webhook endpoint", &request.id)?;
    let mut reader = app.db.read(call).await?;
    // Of one that was taken away meanwhile there is nothing to say.
    let Some(endpoint) = store::find_any(&mut reader, id).await? else {
        return Ok(GetNoticeResponse::default());
    };
    let values = [("host", endpoint.host()), ("endpoint", endpoint.id.to_string())];
    Ok(GetNoticeResponse {
        state: endpoint.disabled.map_or("", Cause::as_str).to_owned(),
        values: values.map(|(name, value)| (name.to_owned(), value)).into(),
    })
}

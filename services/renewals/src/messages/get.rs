//! Read a message, with its parts.

use careway_contract::renewals::v1::{GetMessageRequest, GetMessageResponse};
use careway_kernel::MessageId;
use careway_service::{Call, Error, Result, path_id};

use super::{store::read, view};
use crate::App;

pub(crate) async fn get_message(
    app: &App,
    call: &Call,
    request: GetMessageRequest,
) -> Result<GetMessageResponse> {
    let id: MessageId = path_id("message", &request.message_id)?;
    let mut reader = app.db.read(call).await?;
    let message = read::find_message(&mut reader, id.uuid()).await?.ok_or(Error::not_found("message"))?;
    let parts = read::list_reported_parts(&mut reader, id.uuid()).await?;
    Ok(GetMessageResponse {
        message: Some(view::message(&message)),
        parts: parts.iter().map(view::part).collect(),
    })
}

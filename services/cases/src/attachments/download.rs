//! Download a file: all of it, one range, or the word that the client has it.

use careway_contract::cases::v1::DownloadAttachmentRequest;
use careway_service::{Call, RawAnswer, Result};

use super::access;
use crate::App;

pub(crate) async fn download_attachment(
    app: &App,
    call: &Call,
    request: DownloadAttachmentRequest,
) -> Result<RawAnswer> {
    let attachment = access::read(app, call, &request.attachment_id, "case.attachment.download").await?;
    let Some(content) = attachment.given_out()? else { return Ok(RawAnswer::empty(204)) };
    let name = attachment.file_name.expose();
    app.attachments.files.download(call, attachment.id, content, Some(name)).await
}

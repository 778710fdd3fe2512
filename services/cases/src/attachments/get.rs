//! Read what is known of a file.

use careway_contract::cases::v1::{GetAttachmentRequest, GetAttachmentResponse};
use careway_service::{Call, Result};

use super::{access, view};
use crate::App;

pub(crate) async fn get_attachment(
    app: &App,
    call: &Call,
    request: GetAttachmentRequest,
) -> Result<GetAttachmentResponse> {
    let attachment = access::read(app, call, &request.attachment_id, "case.attachment.read").await?;
    Ok(GetAttachmentResponse { attachment: Some(view::attachment(&attachment)) })
}

//! Upload a file for a case that is opened with it.

use careway_contract::cases::v1::{UploadAttachmentRequest, UploadAttachmentResponse};
use careway_service::{Call, Keyed};
use prost::Message;
use tonic::Streaming;

use super::{
    take_in::{FileInput, keep, may_upload, take_in},
    view,
};
use crate::App;

pub(crate) async fn upload_attachment(
    app: &App,
    call: &Call,
    mut pieces: Streaming<UploadAttachmentRequest>,
) -> Keyed<UploadAttachmentResponse> {
    let mut first = pieces.message().await?.unwrap_or_default();
    let begun = first.content.take().unwrap_or_default().data;
    let input = FileInput::parse(call, &first.file_name)?;
    let allowed = may_upload(app, call, None).await;
    app.db.unless_replayed(call, allowed).await?;

    let content = |piece: UploadAttachmentRequest| piece.content.unwrap_or_default().data;
    let taken = take_in(app, &input, begun, pieces, content).await?;
    let said = first.encode_to_vec();
    keep(app, call, (input, taken), &said, |attachment| UploadAttachmentResponse {
        attachment: Some(view::attachment(attachment)),
    })
    .await
}

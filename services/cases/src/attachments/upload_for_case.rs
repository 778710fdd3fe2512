//! Upload a file for a message of a case.

use careway_contract::cases::v1::{UploadCaseAttachmentRequest, UploadCaseAttachmentResponse};
use careway_service::{Call, Keyed};
use prost::Message;
use tonic::Streaming;

use super::{
    take_in::{FileInput, keep, may_upload, take_in},
    view,
};
use crate::App;

pub(crate) async fn upload_case_attachment(
    app: &App,
    call: &Call,
    mut pieces: Streaming<UploadCaseAttachmentRequest>,
) -> Keyed<UploadCaseAttachmentResponse> {
    let mut first = pieces.message().await?.unwrap_or_default();
    let begun = first.content.take().unwrap_or_default().data;
    let input = FileInput::parse(call, &first.file_name)?;
    let allowed = may_upload(app, call, Some(&first.case_id)).await;
    app.db.unless_replayed(call, allowed).await?;

    let content = |piece: UploadCaseAttachmentRequest| piece.content.unwrap_or_default().data;
    let taken = take_in(app, &input, begun, pieces, content).await?;
    let said = first.encode_to_vec();
    keep(app, call, (input, taken), &said, |attachment| UploadCaseAttachmentResponse {
        attachment: Some(view::attachment(attachment)),
    })
    .await
}

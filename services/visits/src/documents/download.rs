//! Download a document: all of it, one range, or the word that the client has it.

use careway_contract::visits::v1::DownloadDocumentRequest;
use careway_service::{Call, RawAnswer, Result};

use super::access;
use crate::App;

pub(crate) async fn download_document(
    app: &App,
    call: &Call,
    request: DownloadDocumentRequest,
) -> Result<RawAnswer> {
    let document = access::read(app, call, &request.document_id, "document.download").await?;
    let name = document.file_name.as_deref();
    app.documents.files.download(call, document.id, &document.content, name).await
}

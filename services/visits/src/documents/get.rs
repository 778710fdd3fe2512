//! Read what is known of a document.

use careway_contract::visits::v1::{GetDocumentRequest, GetDocumentResponse};
use careway_service::{Call, Result};

use super::{access, view};
use crate::App;

pub(crate) async fn get_document(
    app: &App,
    call: &Call,
    request: GetDocumentRequest,
) -> Result<GetDocumentResponse> {
    let document = access::read(app, call, &request.document_id, "document.read").await?;
    Ok(GetDocumentResponse { document: Some(view::document(&document)) })
}

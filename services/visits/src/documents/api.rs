//! The RPCs of documents: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, document_service_server::DocumentService};
use careway_service::{raw::RawPieces, serve, serve_raw, serve_upload};
use tonic::{Request, Response, Status, Streaming, async_trait};

use crate::App;

#[async_trait]
impl DocumentService for App {
    type DownloadDocumentStream = RawPieces;

    async fn add_document(
        &self,
        request: Request<Streaming<proto::AddDocumentRequest>>,
    ) -> Result<Response<proto::AddDocumentResponse>, Status> {
        serve_upload(self, request, super::add_document).await
    }

    async fn list_documents(
        &self,
        request: Request<proto::ListDocumentsRequest>,
    ) -> Result<Response<proto::ListDocumentsResponse>, Status> {
        serve(self, request, super::list_documents).await
    }

    async fn get_document(
        &self,
        request: Request<proto::GetDocumentRequest>,
    ) -> Result<Response<proto::GetDocumentResponse>, Status> {
        serve(self, request, super::get_document).await
    }

    async fn download_document(
        &self,
        request: Request<proto::DownloadDocumentRequest>,
    ) -> Result<Response<RawPieces>, Status> {
        serve_raw(self, request, super::download_document).await
    }

    async fn retract_document(
        &self,
        request: Request<proto::RetractDocumentRequest>,
    ) -> Result<Response<proto::RetractDocumentResponse>, Status> {
        serve(self, request, super::retract_document).await
    }
}

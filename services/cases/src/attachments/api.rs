//! The RPCs of attachments: one line each, into their operation.

use careway_contract::cases::v1::{self as proto, attachment_service_server::AttachmentService};
use careway_service::{raw::RawPieces, serve, serve_raw, serve_upload};
use tonic::{Request, Response, Status, Streaming, async_trait};

use crate::App;

#[async_trait]
impl AttachmentService for App {
    type DownloadAttachmentStream = RawPieces;

    async fn upload_case_attachment(
        &self,
        request: Request<Streaming<proto::UploadCaseAttachmentRequest>>,
    ) -> Result<Response<proto::UploadCaseAttachmentResponse>, Status> {
        serve_upload(self, request, super::upload_case_attachment).await
    }

    async fn upload_attachment(
        &self,
        request: Request<Streaming<proto::UploadAttachmentRequest>>,
    ) -> Result<Response<proto::UploadAttachmentResponse>, Status> {
        serve_upload(self, request, super::upload_attachment).await
    }

    async fn get_attachment(
        &self,
        request: Request<proto::GetAttachmentRequest>,
    ) -> Result<Response<proto::GetAttachmentResponse>, Status> {
        serve(self, request, super::get_attachment).await
    }

    async fn download_attachment(
        &self,
        request: Request<proto::DownloadAttachmentRequest>,
    ) -> Result<Response<RawPieces>, Status> {
        serve_raw(self, request, super::download_attachment).await
    }
}

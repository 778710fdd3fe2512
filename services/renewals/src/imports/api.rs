//! The RPCs of imports: one line each, into their operation.

use careway_contract::renewals::v1::{self as proto, import_service_server::ImportService};
use careway_service::{raw::RawPieces, serve, serve_raw, serve_stream};
use tonic::{Request, Response, Status, Streaming, async_trait};

use crate::App;

#[async_trait]
impl ImportService for App {
    type WatchImportStream = super::ImportSteps;
    type DownloadRejectedRowsStream = RawPieces;

    async fn import_participants(
        &self,
        request: Request<Streaming<proto::ImportParticipantsRequest>>,
    ) -> Result<Response<proto::ImportParticipantsResponse>, Status> {
        serve_stream(self, request, super::import_participants).await
    }

    async fn import_renewals(
        &self,
        request: Request<Streaming<proto::ImportRenewalsRequest>>,
    ) -> Result<Response<proto::ImportRenewalsResponse>, Status> {
        serve_stream(self, request, super::import_renewals).await
    }

    async fn list_imports(
        &self,
        request: Request<proto::ListImportsRequest>,
    ) -> Result<Response<proto::ListImportsResponse>, Status> {
        serve(self, request, super::list_imports).await
    }

    async fn get_import(
        &self,
        request: Request<proto::GetImportRequest>,
    ) -> Result<Response<proto::GetImportResponse>, Status> {
        serve(self, request, super::get_import).await
    }

    async fn watch_import(
        &self,
        request: Request<proto::WatchImportRequest>,
    ) -> Result<Response<Self::WatchImportStream>, Status> {
        serve_stream(self, request, super::watch_import).await
    }

    async fn list_import_rows(
        &self,
        request: Request<proto::ListImportRowsRequest>,
    ) -> Result<Response<proto::ListImportRowsResponse>, Status> {
        serve(self, request, super::list_import_rows).await
    }

    async fn download_rejected_rows(
        &self,
        request: Request<proto::DownloadRejectedRowsRequest>,
    ) -> Result<Response<Self::DownloadRejectedRowsStream>, Status> {
        serve_raw(self, request, super::download_rejected_rows).await
    }
}

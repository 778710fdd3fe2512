//! The RPCs of renewals: one line each, into their operation.

use careway_contract::renewals::v1::{self as proto, renewal_service_server::RenewalService};
use careway_service::{raw::RawPieces, serve, serve_raw, serve_stream};
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl RenewalService for App {
    type WatchRenewalsStream = super::Changes;
    type ExportRenewalsStream = RawPieces;

    async fn list_renewals(
        &self,
        request: Request<proto::ListRenewalsRequest>,
    ) -> Result<Response<proto::ListRenewalsResponse>, Status> {
        serve(self, request, super::list_renewals).await
    }

    async fn export_renewals(
        &self,
        request: Request<proto::ExportRenewalsRequest>,
    ) -> Result<Response<Self::ExportRenewalsStream>, Status> {
        serve_raw(self, request, super::export_renewals).await
    }

    async fn get_renewal(
        &self,
        request: Request<proto::GetRenewalRequest>,
    ) -> Result<Response<proto::GetRenewalResponse>, Status> {
        serve(self, request, super::get_renewal).await
    }

    async fn list_mismatches(
        &self,
        request: Request<proto::ListMismatchesRequest>,
    ) -> Result<Response<proto::ListMismatchesResponse>, Status> {
        serve(self, request, super::list_mismatches).await
    }

    async fn quote_renewals(
        &self,
        request: Request<proto::QuoteRenewalsRequest>,
    ) -> Result<Response<proto::QuoteRenewalsResponse>, Status> {
        serve(self, request, super::quote_renewals).await
    }

    async fn renew(
        &self,
        request: Request<proto::RenewRequest>,
    ) -> Result<Response<proto::RenewResponse>, Status> {
        serve(self, request, super::renew).await
    }

    async fn undo_renewal(
        &self,
        request: Request<proto::UndoRenewalRequest>,
    ) -> Result<Response<proto::UndoRenewalResponse>, Status> {
        serve(self, request, super::undo_renewal).await
    }

    async fn watch_renewals(
        &self,
        request: Request<proto::WatchRenewalsRequest>,
    ) -> Result<Response<Self::WatchRenewalsStream>, Status> {
        serve_stream(self, request, super::watch_renewals).await
    }
}

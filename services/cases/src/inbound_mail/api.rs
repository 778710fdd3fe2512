//! The RPCs of mail that comes in: one line each, into their operation.

use careway_contract::cases::v1::{self as proto, inbound_mail_service_server::InboundMailService};
use careway_service::{raw::RawPieces, serve, serve_raw, serve_stream};
use tonic::{Request, Response, Status, Streaming, async_trait};

use crate::App;

#[async_trait]
impl InboundMailService for App {
    type DownloadOriginalMailStream = RawPieces;

    async fn deliver_mail(
        &self,
        request: Request<Streaming<proto::DeliverMailRequest>>,
    ) -> Result<Response<proto::DeliverMailResponse>, Status> {
        serve_stream(self, request, super::deliver_mail).await
    }

    async fn list_held_mail(
        &self,
        request: Request<proto::ListHeldMailRequest>,
    ) -> Result<Response<proto::ListHeldMailResponse>, Status> {
        serve(self, request, super::list_held_mail).await
    }

    async fn accept_held_mail(
        &self,
        request: Request<proto::AcceptHeldMailRequest>,
    ) -> Result<Response<proto::AcceptHeldMailResponse>, Status> {
        serve(self, request, super::accept_held_mail).await
    }

    async fn discard_held_mail(
        &self,
        request: Request<proto::DiscardHeldMailRequest>,
    ) -> Result<Response<proto::DiscardHeldMailResponse>, Status> {
        serve(self, request, super::discard_held_mail).await
    }

    async fn download_original_mail(
        &self,
        request: Request<proto::DownloadOriginalMailRequest>,
    ) -> Result<Response<RawPieces>, Status> {
        serve_raw(self, request, super::download_original_mail).await
    }
}

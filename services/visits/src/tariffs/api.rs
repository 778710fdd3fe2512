//! The RPCs of tariffs: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, tariff_service_server::TariffService};
use careway_service::{serve, serve_stream};
use tonic::{Request, Response, Status, Streaming, async_trait};

use crate::App;

#[async_trait]
impl TariffService for App {
    async fn import_tariffs(
        &self,
        request: Request<Streaming<proto::ImportTariffsRequest>>,
    ) -> Result<Response<proto::ImportTariffsResponse>, Status> {
        serve_stream(self, request, super::import_tariffs).await
    }

    async fn list_tariffs(
        &self,
        request: Request<proto::ListTariffsRequest>,
    ) -> Result<Response<proto::ListTariffsResponse>, Status> {
        serve(self, request, super::list_tariffs).await
    }
}

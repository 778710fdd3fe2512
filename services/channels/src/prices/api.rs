//! The RPCs of prices: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, price_service_server::PriceService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl PriceService for App {
    async fn edit_prices(
        &self,
        request: Request<proto::EditPricesRequest>,
    ) -> Result<Response<proto::EditPricesResponse>, Status> {
        serve(self, request, super::edit_prices).await
    }

    async fn list_service_prices(
        &self,
        request: Request<proto::ListServicePricesRequest>,
    ) -> Result<Response<proto::ListServicePricesResponse>, Status> {
        serve(self, request, super::list_service_prices).await
    }
}

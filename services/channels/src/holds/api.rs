//! The RPCs of holds: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, hold_service_server::HoldService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl HoldService for App {
    async fn create_hold(
        &self,
        request: Request<proto::CreateHoldRequest>,
    ) -> Result<Response<proto::CreateHoldResponse>, Status> {
        serve(self, request, super::create_hold).await
    }

    async fn release_hold(
        &self,
        request: Request<proto::ReleaseHoldRequest>,
    ) -> Result<Response<proto::ReleaseHoldResponse>, Status> {
        serve(self, request, super::release_hold).await
    }
}

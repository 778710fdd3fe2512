//! The RPCs of closures: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, closure_service_server::ClosureService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ClosureService for App {
    async fn create_closure(
        &self,
        request: Request<proto::CreateClosureRequest>,
    ) -> Result<Response<proto::CreateClosureResponse>, Status> {
        serve(self, request, super::create_closure).await
    }

    async fn delete_closure(
        &self,
        request: Request<proto::DeleteClosureRequest>,
    ) -> Result<Response<proto::DeleteClosureResponse>, Status> {
        serve(self, request, super::delete_closure).await
    }
}

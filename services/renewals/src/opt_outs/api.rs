//! The RPCs of opt-outs: one line each, into their operation.

use careway_contract::{
    google::api::HttpBody,
    renewals::v1::{self as proto, opt_out_service_server::OptOutService},
};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl OptOutService for App {
    async fn list_opt_outs(
        &self,
        request: Request<proto::ListOptOutsRequest>,
    ) -> Result<Response<proto::ListOptOutsResponse>, Status> {
        serve(self, request, super::list_opt_outs).await
    }

    async fn create_opt_out(
        &self,
        request: Request<proto::CreateOptOutRequest>,
    ) -> Result<Response<proto::CreateOptOutResponse>, Status> {
        serve(self, request, super::create_opt_out).await
    }

    async fn delete_opt_out(
        &self,
        request: Request<proto::DeleteOptOutRequest>,
    ) -> Result<Response<proto::DeleteOptOutResponse>, Status> {
        serve(self, request, super::delete_opt_out).await
    }

    async fn show_unsubscribe(
        &self,
        request: Request<proto::ShowUnsubscribeRequest>,
    ) -> Result<Response<HttpBody>, Status> {
        serve(self, request, super::show_unsubscribe).await
    }

    async fn unsubscribe(
        &self,
        request: Request<proto::UnsubscribeRequest>,
    ) -> Result<Response<proto::UnsubscribeResponse>, Status> {
        serve(self, request, super::unsubscribe).await
    }
}

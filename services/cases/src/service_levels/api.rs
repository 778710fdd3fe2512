//! The RPCs of service levels: one line each, into their operation.

use careway_contract::cases::v1::{self as proto, service_level_service_server::ServiceLevelService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ServiceLevelService for App {
    async fn get_default_service_level(
        &self,
        request: Request<proto::GetDefaultServiceLevelRequest>,
    ) -> Result<Response<proto::GetDefaultServiceLevelResponse>, Status> {
        serve(self, request, super::get_default_service_level).await
    }

    async fn set_default_service_level(
        &self,
        request: Request<proto::SetDefaultServiceLevelRequest>,
    ) -> Result<Response<proto::SetDefaultServiceLevelResponse>, Status> {
        serve(self, request, super::set_default_service_level).await
    }

    async fn get_service_level(
        &self,
        request: Request<proto::GetServiceLevelRequest>,
    ) -> Result<Response<proto::GetServiceLevelResponse>, Status> {
        serve(self, request, super::get_service_level).await
    }

    async fn set_service_level(
        &self,
        request: Request<proto::SetServiceLevelRequest>,
    ) -> Result<Response<proto::SetServiceLevelResponse>, Status> {
        serve(self, request, super::set_service_level).await
    }
}

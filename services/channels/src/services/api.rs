//! The RPCs of examinations: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, offered_service_service_server::OfferedServiceService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl OfferedServiceService for App {
    async fn create_service(
        &self,
        request: Request<proto::CreateServiceRequest>,
    ) -> Result<Response<proto::CreateServiceResponse>, Status> {
        serve(self, request, super::create_service).await
    }

    async fn list_services(
        &self,
        request: Request<proto::ListServicesRequest>,
    ) -> Result<Response<proto::ListServicesResponse>, Status> {
        serve(self, request, super::list_services).await
    }

    async fn get_service(
        &self,
        request: Request<proto::GetServiceRequest>,
    ) -> Result<Response<proto::GetServiceResponse>, Status> {
        serve(self, request, super::get_service).await
    }

    async fn set_service(
        &self,
        request: Request<proto::SetServiceRequest>,
    ) -> Result<Response<proto::SetServiceResponse>, Status> {
        serve(self, request, super::set_service).await
    }

    async fn delete_service(
        &self,
        request: Request<proto::DeleteServiceRequest>,
    ) -> Result<Response<proto::DeleteServiceResponse>, Status> {
        serve(self, request, super::delete_service).await
    }
}

//! The RPCs of resources and their calendars: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, resource_service_server::ResourceService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ResourceService for App {
    async fn create_resource(
        &self,
        request: Request<proto::CreateResourceRequest>,
    ) -> Result<Response<proto::CreateResourceResponse>, Status> {
        serve(self, request, super::create_resource).await
    }

    async fn list_resources(
        &self,
        request: Request<proto::ListResourcesRequest>,
    ) -> Result<Response<proto::ListResourcesResponse>, Status> {
        serve(self, request, super::list_resources).await
    }

    async fn get_resource(
        &self,
        request: Request<proto::GetResourceRequest>,
    ) -> Result<Response<proto::GetResourceResponse>, Status> {
        serve(self, request, super::get_resource).await
    }

    async fn delete_resource(
        &self,
        request: Request<proto::DeleteResourceRequest>,
    ) -> Result<Response<proto::DeleteResourceResponse>, Status> {
        serve(self, request, super::delete_resource).await
    }

    async fn get_calendar(
        &self,
        request: Request<proto::GetCalendarRequest>,
    ) -> Result<Response<proto::GetCalendarResponse>, Status> {
        serve(self, request, super::get_calendar).await
    }

    async fn set_calendar(
        &self,
        request: Request<proto::SetCalendarRequest>,
    ) -> Result<Response<proto::SetCalendarResponse>, Status> {
        serve(self, request, super::set_calendar).await
    }
}

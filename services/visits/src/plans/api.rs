//! The RPCs of plans: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, plan_service_server::PlanService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl PlanService for App {
    async fn create_plan(
        &self,
        request: Request<proto::CreatePlanRequest>,
    ) -> Result<Response<proto::CreatePlanResponse>, Status> {
        serve(self, request, super::create_plan).await
    }

    async fn replace_plan(
        &self,
        request: Request<proto::ReplacePlanRequest>,
    ) -> Result<Response<proto::ReplacePlanResponse>, Status> {
        serve(self, request, super::replace_plan).await
    }

    async fn get_plan(
        &self,
        request: Request<proto::GetPlanRequest>,
    ) -> Result<Response<proto::GetPlanResponse>, Status> {
        serve(self, request, super::get_plan).await
    }

    async fn list_plans(
        &self,
        request: Request<proto::ListPlansRequest>,
    ) -> Result<Response<proto::ListPlansResponse>, Status> {
        serve(self, request, super::list_plans).await
    }

    async fn list_service_types(
        &self,
        request: Request<proto::ListServiceTypesRequest>,
    ) -> Result<Response<proto::ListServiceTypesResponse>, Status> {
        serve(self, request, super::list_service_types).await
    }
}

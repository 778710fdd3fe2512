//! The RPCs of plans: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, plan_service_server::PlanService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use super::{create, get, list, list_service_types, replace};
use crate::App;

#[async_trait]
impl PlanService for App {
    async fn create_plan(
        &self,
        request: Request<proto::CreatePlanRequest>,
    ) -> Result<Response<proto::CreatePlanResponse>, Status> {
        serve(self, request, create::create_plan).await
    }

    async fn replace_plan(
        &self,
        request: Request<proto::ReplacePlanRequest>,
    ) -> Result<Response<proto::ReplacePlanResponse>, Status> {
        serve(self, request, replace::replace_plan).await
    }

    async fn get_plan(
        &self,
        request: Request<proto::GetPlanRequest>,
    ) -> Result<Response<proto::GetPlanResponse>, Status> {
        serve(self, request, get::get_plan).await
    }

    async fn list_plans(
        &self,
        request: Request<proto::ListPlansRequest>,
    ) -> Result<Response<proto::ListPlansResponse>, Status> {
        serve(self, request, list::list_plans).await
    }

    async fn list_service_types(
        &self,
        request: Request<proto::ListServiceTypesRequest>,
    ) -> Result<Response<proto::ListServiceTypesResponse>, Status> {
        serve(self, request, list_service_types::list_service_types).await
    }
}

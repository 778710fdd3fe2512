//! The RPCs of pre-authorizations: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, preauthorization_service_server::PreauthorizationService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl PreauthorizationService for App {
    async fn request_preauthorization(
        &self,
        request: Request<proto::RequestPreauthorizationRequest>,
    ) -> Result<Response<proto::RequestPreauthorizationResponse>, Status> {
        serve(self, request, super::request_preauthorization).await
    }

    async fn check_preauthorization(
        &self,
        request: Request<proto::CheckPreauthorizationRequest>,
    ) -> Result<Response<proto::CheckPreauthorizationResponse>, Status> {
        serve(self, request, super::check_preauthorization).await
    }

    async fn get_preauthorization(
        &self,
        request: Request<proto::GetPreauthorizationRequest>,
    ) -> Result<Response<proto::GetPreauthorizationResponse>, Status> {
        serve(self, request, super::get_preauthorization).await
    }

    async fn list_preauthorizations(
        &self,
        request: Request<proto::ListPreauthorizationsRequest>,
    ) -> Result<Response<proto::ListPreauthorizationsResponse>, Status> {
        serve(self, request, super::list_preauthorizations).await
    }

    async fn submit_preauthorization(
        &self,
        request: Request<proto::SubmitPreauthorizationRequest>,
    ) -> Result<Response<proto::SubmitPreauthorizationResponse>, Status> {
        serve(self, request, super::submit_preauthorization).await
    }

    async fn decide_preauthorization(
        &self,
        request: Request<proto::DecidePreauthorizationRequest>,
    ) -> Result<Response<proto::DecidePreauthorizationResponse>, Status> {
        serve(self, request, super::decide_preauthorization).await
    }

    async fn request_preauthorization_information(
        &self,
        request: Request<proto::RequestPreauthorizationInformationRequest>,
    ) -> Result<Response<proto::RequestPreauthorizationInformationResponse>, Status> {
        serve(self, request, super::request_preauthorization_information).await
    }

    async fn respond_to_preauthorization(
        &self,
        request: Request<proto::RespondToPreauthorizationRequest>,
    ) -> Result<Response<proto::RespondToPreauthorizationResponse>, Status> {
        serve(self, request, super::respond_to_preauthorization).await
    }

    async fn amend_preauthorization(
        &self,
        request: Request<proto::AmendPreauthorizationRequest>,
    ) -> Result<Response<proto::AmendPreauthorizationResponse>, Status> {
        serve(self, request, super::amend_preauthorization).await
    }

    async fn cancel_preauthorization(
        &self,
        request: Request<proto::CancelPreauthorizationRequest>,
    ) -> Result<Response<proto::CancelPreauthorizationResponse>, Status> {
        serve(self, request, super::cancel_preauthorization).await
    }
}

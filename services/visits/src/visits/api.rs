//! The RPCs of visits: one line each, into their operation.

use careway_contract::visits::v1::{
    self as proto, visit_override_service_server::VisitOverrideService, visit_service_server::VisitService,
};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl VisitService for App {
    async fn start_visit(
        &self,
        request: Request<proto::StartVisitRequest>,
    ) -> Result<Response<proto::StartVisitResponse>, Status> {
        serve(self, request, super::start_visit).await
    }

    async fn resend_visit_code(
        &self,
        request: Request<proto::ResendVisitCodeRequest>,
    ) -> Result<Response<proto::ResendVisitCodeResponse>, Status> {
        serve(self, request, super::resend_visit_code).await
    }

    async fn verify_visit(
        &self,
        request: Request<proto::VerifyVisitRequest>,
    ) -> Result<Response<proto::VerifyVisitResponse>, Status> {
        serve(self, request, super::verify_visit).await
    }

    async fn admit_visit(
        &self,
        request: Request<proto::AdmitVisitRequest>,
    ) -> Result<Response<proto::AdmitVisitResponse>, Status> {
        serve(self, request, super::admit_visit).await
    }

    async fn notify_admission(
        &self,
        request: Request<proto::NotifyAdmissionRequest>,
    ) -> Result<Response<proto::NotifyAdmissionResponse>, Status> {
        serve(self, request, super::notify_admission).await
    }

    async fn discharge_visit(
        &self,
        request: Request<proto::DischargeVisitRequest>,
    ) -> Result<Response<proto::DischargeVisitResponse>, Status> {
        serve(self, request, super::discharge_visit).await
    }

    async fn cancel_visit(
        &self,
        request: Request<proto::CancelVisitRequest>,
    ) -> Result<Response<proto::CancelVisitResponse>, Status> {
        serve(self, request, super::cancel_visit).await
    }

    async fn get_visit(
        &self,
        request: Request<proto::GetVisitRequest>,
    ) -> Result<Response<proto::GetVisitResponse>, Status> {
        serve(self, request, super::get_visit).await
    }

    async fn list_visits(
        &self,
        request: Request<proto::ListVisitsRequest>,
    ) -> Result<Response<proto::ListVisitsResponse>, Status> {
        serve(self, request, super::list_visits).await
    }

    async fn dispute_visit(
        &self,
        request: Request<proto::DisputeVisitRequest>,
    ) -> Result<Response<proto::DisputeVisitResponse>, Status> {
        serve(self, request, super::dispute_visit).await
    }

    async fn resolve_visit_dispute(
        &self,
        request: Request<proto::ResolveVisitDisputeRequest>,
    ) -> Result<Response<proto::ResolveVisitDisputeResponse>, Status> {
        serve(self, request, super::resolve_visit_dispute).await
    }
}

#[async_trait]
impl VisitOverrideService for App {
    async fn request_visit_override(
        &self,
        request: Request<proto::RequestVisitOverrideRequest>,
    ) -> Result<Response<proto::RequestVisitOverrideResponse>, Status> {
        serve(self, request, super::request_visit_override).await
    }

    async fn approve_visit_override(
        &self,
        request: Request<proto::ApproveVisitOverrideRequest>,
    ) -> Result<Response<proto::ApproveVisitOverrideResponse>, Status> {
        serve(self, request, super::approve_visit_override).await
    }

    async fn review_visit_override(
        &self,
        request: Request<proto::ReviewVisitOverrideRequest>,
    ) -> Result<Response<proto::ReviewVisitOverrideResponse>, Status> {
        serve(self, request, super::review_visit_override).await
    }

    async fn list_visit_overrides(
        &self,
        request: Request<proto::ListVisitOverridesRequest>,
    ) -> Result<Response<proto::ListVisitOverridesResponse>, Status> {
        serve(self, request, super::list_visit_overrides).await
    }
}

//! The RPCs of visits: one line each, into their operation.

use careway_contract::visits::v1::{
    self as proto, visit_override_service_server::VisitOverrideService, visit_service_server::VisitService,
};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use super::{
    admit, approve_override, cancel, discharge, dispute, get, list, list_overrides, notify_admission,
    request_override, resend_code, resolve_dispute, review_override, start, verify,
};
use crate::App;

#[async_trait]
impl VisitService for App {
    async fn start_visit(
        &self,
        request: Request<proto::StartVisitRequest>,
    ) -> Result<Response<proto::StartVisitResponse>, Status> {
        serve(self, request, start::start_visit).await
    }

    async fn resend_visit_code(
        &self,
        request: Request<proto::ResendVisitCodeRequest>,
    ) -> Result<Response<proto::ResendVisitCodeResponse>, Status> {
        serve(self, request, resend_code::resend_visit_code).await
    }

    async fn verify_visit(
        &self,
        request: Request<proto::VerifyVisitRequest>,
    ) -> Result<Response<proto::VerifyVisitResponse>, Status> {
        serve(self, request, verify::verify_visit).await
    }

    async fn admit_visit(
        &self,
        request: Request<proto::AdmitVisitRequest>,
    ) -> Result<Response<proto::AdmitVisitResponse>, Status> {
        serve(self, request, admit::admit_visit).await
    }

    async fn notify_admission(
        &self,
        request: Request<proto::NotifyAdmissionRequest>,
    ) -> Result<Response<proto::NotifyAdmissionResponse>, Status> {
        serve(self, request, notify_admission::notify_admission).await
    }

    async fn discharge_visit(
        &self,
        request: Request<proto::DischargeVisitRequest>,
    ) -> Result<Response<proto::DischargeVisitResponse>, Status> {
        serve(self, request, discharge::discharge_visit).await
    }

    async fn cancel_visit(
        &self,
        request: Request<proto::CancelVisitRequest>,
    ) -> Result<Response<proto::CancelVisitResponse>, Status> {
        serve(self, request, cancel::cancel_visit).await
    }

    async fn get_visit(
        &self,
        request: Request<proto::GetVisitRequest>,
    ) -> Result<Response<proto::GetVisitResponse>, Status> {
        serve(self, request, get::get_visit).await
    }

    async fn list_visits(
        &self,
        request: Request<proto::ListVisitsRequest>,
    ) -> Result<Response<proto::ListVisitsResponse>, Status> {
        serve(self, request, list::list_visits).await
    }

    async fn dispute_visit(
        &self,
        request: Request<proto::DisputeVisitRequest>,
    ) -> Result<Response<proto::DisputeVisitResponse>, Status> {
        serve(self, request, dispute::dispute_visit).await
    }

    async fn resolve_visit_dispute(
        &self,
        request: Request<proto::ResolveVisitDisputeRequest>,
    ) -> Result<Response<proto::ResolveVisitDisputeResponse>, Status> {
        serve(self, request, resolve_dispute::resolve_visit_dispute).await
    }
}

#[async_trait]
impl VisitOverrideService for App {
    async fn request_visit_override(
        &self,
        request: Request<proto::RequestVisitOverrideRequest>,
    ) -> Result<Response<proto::RequestVisitOverrideResponse>, Status> {
        serve(self, request, request_override::request_visit_override).await
    }

    async fn approve_visit_override(
        &self,
        request: Request<proto::ApproveVisitOverrideRequest>,
    ) -> Result<Response<proto::ApproveVisitOverrideResponse>, Status> {
        serve(self, request, approve_override::approve_visit_override).await
    }

    async fn review_visit_override(
        &self,
        request: Request<proto::ReviewVisitOverrideRequest>,
    ) -> Result<Response<proto::ReviewVisitOverrideResponse>, Status> {
        serve(self, request, review_override::review_visit_override).await
    }

    async fn list_visit_overrides(
        &self,
        request: Request<proto::ListVisitOverridesRequest>,
    ) -> Result<Response<proto::ListVisitOverridesResponse>, Status> {
        serve(self, request, list_overrides::list_visit_overrides).await
    }
}

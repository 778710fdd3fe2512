//! The RPCs of claims: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, claim_service_server::ClaimService};
use careway_service::{serve, serve_stream};
use tonic::{Request, Response, Status, Streaming, async_trait};

use crate::App;

#[async_trait]
impl ClaimService for App {
    async fn create_claim(
        &self,
        request: Request<proto::CreateClaimRequest>,
    ) -> Result<Response<proto::CreateClaimResponse>, Status> {
        serve(self, request, super::create_claim).await
    }

    async fn get_claim(
        &self,
        request: Request<proto::GetClaimRequest>,
    ) -> Result<Response<proto::GetClaimResponse>, Status> {
        serve(self, request, super::get_claim).await
    }

    async fn list_claims(
        &self,
        request: Request<proto::ListClaimsRequest>,
    ) -> Result<Response<proto::ListClaimsResponse>, Status> {
        serve(self, request, super::list_claims).await
    }

    async fn update_claim(
        &self,
        request: Request<proto::UpdateClaimRequest>,
    ) -> Result<Response<proto::UpdateClaimResponse>, Status> {
        serve(self, request, super::update_claim).await
    }

    async fn submit_claim(
        &self,
        request: Request<proto::SubmitClaimRequest>,
    ) -> Result<Response<proto::SubmitClaimResponse>, Status> {
        serve(self, request, super::submit_claim).await
    }

    async fn recall_claim(
        &self,
        request: Request<proto::RecallClaimRequest>,
    ) -> Result<Response<proto::RecallClaimResponse>, Status> {
        serve(self, request, super::recall_claim).await
    }

    async fn resubmit_claim(
        &self,
        request: Request<proto::ResubmitClaimRequest>,
    ) -> Result<Response<proto::ResubmitClaimResponse>, Status> {
        serve(self, request, super::resubmit_claim).await
    }

    async fn correct_claim(
        &self,
        request: Request<proto::CorrectClaimRequest>,
    ) -> Result<Response<proto::CorrectClaimResponse>, Status> {
        serve(self, request, super::correct_claim).await
    }

    async fn void_claim(
        &self,
        request: Request<proto::VoidClaimRequest>,
    ) -> Result<Response<proto::VoidClaimResponse>, Status> {
        serve(self, request, super::void_claim).await
    }

    async fn appeal_claim(
        &self,
        request: Request<proto::AppealClaimRequest>,
    ) -> Result<Response<proto::AppealClaimResponse>, Status> {
        serve(self, request, super::appeal_claim).await
    }

    async fn decide_claim_appeal(
        &self,
        request: Request<proto::DecideClaimAppealRequest>,
    ) -> Result<Response<proto::DecideClaimAppealResponse>, Status> {
        serve(self, request, super::decide_claim_appeal).await
    }

    async fn review_claim(
        &self,
        request: Request<proto::ReviewClaimRequest>,
    ) -> Result<Response<proto::ReviewClaimResponse>, Status> {
        serve(self, request, super::review_claim).await
    }

    async fn mark_claim_paid(
        &self,
        request: Request<proto::MarkClaimPaidRequest>,
    ) -> Result<Response<proto::MarkClaimPaidResponse>, Status> {
        serve(self, request, super::mark_claim_paid).await
    }

    async fn lint_claim(
        &self,
        request: Request<proto::LintClaimRequest>,
    ) -> Result<Response<proto::LintClaimResponse>, Status> {
        serve(self, request, super::lint_claim).await
    }

    async fn import_claims(
        &self,
        request: Request<Streaming<proto::ImportClaimsRequest>>,
    ) -> Result<Response<proto::ImportClaimsResponse>, Status> {
        serve_stream(self, request, super::import_claims).await
    }

    async fn get_claim_explanation(
        &self,
        request: Request<proto::GetClaimExplanationRequest>,
    ) -> Result<Response<proto::GetClaimExplanationResponse>, Status> {
        serve(self, request, super::get_claim_explanation).await
    }

    async fn read_claim_explanation(
        &self,
        request: Request<proto::ReadClaimExplanationRequest>,
    ) -> Result<Response<proto::ReadClaimExplanationResponse>, Status> {
        serve(self, request, super::read_claim_explanation).await
    }
}

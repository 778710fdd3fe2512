//! The RPCs of cases: one line each, into their operation.

use careway_contract::cases::v1::{self as proto, case_service_server::CaseService};
use careway_service::{serve, serve_stream};
use tonic::{Request, Response, Status, async_trait};

use super::watch::Changes;
use crate::App;

#[async_trait]
impl CaseService for App {
    type WatchCasesStream = Changes;

    async fn open_case(
        &self,
        request: Request<proto::OpenCaseRequest>,
    ) -> Result<Response<proto::OpenCaseResponse>, Status> {
        serve(self, request, super::open_case).await
    }

    async fn list_cases(
        &self,
        request: Request<proto::ListCasesRequest>,
    ) -> Result<Response<proto::ListCasesResponse>, Status> {
        serve(self, request, super::list_cases).await
    }

    async fn get_case(
        &self,
        request: Request<proto::GetCaseRequest>,
    ) -> Result<Response<proto::GetCaseResponse>, Status> {
        serve(self, request, super::get_case).await
    }

    async fn update_case(
        &self,
        request: Request<proto::UpdateCaseRequest>,
    ) -> Result<Response<proto::UpdateCaseResponse>, Status> {
        serve(self, request, super::update_case).await
    }

    async fn assign_case(
        &self,
        request: Request<proto::AssignCaseRequest>,
    ) -> Result<Response<proto::AssignCaseResponse>, Status> {
        serve(self, request, super::assign_case).await
    }

    async fn wait_for_partner(
        &self,
        request: Request<proto::WaitForPartnerRequest>,
    ) -> Result<Response<proto::WaitForPartnerResponse>, Status> {
        serve(self, request, super::wait_for_partner).await
    }

    async fn solve_case(
        &self,
        request: Request<proto::SolveCaseRequest>,
    ) -> Result<Response<proto::SolveCaseResponse>, Status> {
        serve(self, request, super::solve_case).await
    }

    async fn close_case(
        &self,
        request: Request<proto::CloseCaseRequest>,
    ) -> Result<Response<proto::CloseCaseResponse>, Status> {
        serve(self, request, super::close_case).await
    }

    async fn follow_up_case(
        &self,
        request: Request<proto::FollowUpCaseRequest>,
    ) -> Result<Response<proto::FollowUpCaseResponse>, Status> {
        serve(self, request, super::follow_up_case).await
    }

    async fn list_case_messages(
        &self,
        request: Request<proto::ListCaseMessagesRequest>,
    ) -> Result<Response<proto::ListCaseMessagesResponse>, Status> {
        serve(self, request, super::list_case_messages).await
    }

    async fn add_case_message(
        &self,
        request: Request<proto::AddCaseMessageRequest>,
    ) -> Result<Response<proto::AddCaseMessageResponse>, Status> {
        serve(self, request, super::add_case_message).await
    }

    async fn redact_case_message(
        &self,
        request: Request<proto::RedactCaseMessageRequest>,
    ) -> Result<Response<proto::RedactCaseMessageResponse>, Status> {
        serve(self, request, super::redact_case_message).await
    }

    async fn add_case_participant(
        &self,
        request: Request<proto::AddCaseParticipantRequest>,
    ) -> Result<Response<proto::AddCaseParticipantResponse>, Status> {
        serve(self, request, super::add_case_participant).await
    }

    async fn remove_case_participant(
        &self,
        request: Request<proto::RemoveCaseParticipantRequest>,
    ) -> Result<Response<proto::RemoveCaseParticipantResponse>, Status> {
        serve(self, request, super::remove_case_participant).await
    }

    async fn add_case_watcher(
        &self,
        request: Request<proto::AddCaseWatcherRequest>,
    ) -> Result<Response<proto::AddCaseWatcherResponse>, Status> {
        serve(self, request, super::add_case_watcher).await
    }

    async fn remove_case_watcher(
        &self,
        request: Request<proto::RemoveCaseWatcherRequest>,
    ) -> Result<Response<proto::RemoveCaseWatcherResponse>, Status> {
        serve(self, request, super::remove_case_watcher).await
    }

    async fn list_case_history(
        &self,
        request: Request<proto::ListCaseHistoryRequest>,
    ) -> Result<Response<proto::ListCaseHistoryResponse>, Status> {
        serve(self, request, super::list_case_history).await
    }

    async fn watch_cases(
        &self,
        request: Request<proto::WatchCasesRequest>,
    ) -> Result<Response<Self::WatchCasesStream>, Status> {
        serve_stream(self, request, super::watch_cases).await
    }
}

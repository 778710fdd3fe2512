//! Signing in and out, and tokens for API clients.

use careway_contract::identity::v1::{
    CreateSessionRequest, CreateSessionResponse, EndSessionRequest, EndSessionResponse,
    IssueClientTokenRequest, IssueClientTokenResponse, RefreshSessionRequest, RefreshSessionResponse,
    SwitchSessionRequest, SwitchSessionResponse, session_service_server::SessionService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::App;

#[tonic::async_trait]
impl SessionService for App {
    async fn create_session(
        &self,
        request: Request<CreateSessionRequest>,
    ) -> Result<Response<CreateSessionResponse>, Status> {
        serve(self, request, super::create_session).await
    }

    async fn end_session(
        &self,
        request: Request<EndSessionRequest>,
    ) -> Result<Response<EndSessionResponse>, Status> {
        serve(self, request, super::end_session).await
    }

    async fn issue_client_token(
        &self,
        request: Request<IssueClientTokenRequest>,
    ) -> Result<Response<IssueClientTokenResponse>, Status> {
        serve(self, request, super::issue_client_token).await
    }

    async fn refresh_session(
        &self,
        request: Request<RefreshSessionRequest>,
    ) -> Result<Response<RefreshSessionResponse>, Status> {
        serve(self, request, super::refresh_session).await
    }

    async fn switch_session(
        &self,
        request: Request<SwitchSessionRequest>,
    ) -> Result<Response<SwitchSessionResponse>, Status> {
        serve(self, request, super::switch_session).await
    }
}

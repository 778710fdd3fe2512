//! One-time codes.

use careway_contract::identity::v1::{
    MatchMembersRequest, MatchMembersResponse, ResendChallengeRequest, ResendChallengeResponse,
    ResolveMemberRequest, ResolveMemberResponse, StartChallengeRequest, StartChallengeResponse,
    VerifyChallengeRequest, VerifyChallengeResponse, challenge_service_server::ChallengeService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::App;

#[tonic::async_trait]
impl ChallengeService for App {
    async fn match_members(
        &self,
        request: Request<MatchMembersRequest>,
    ) -> Result<Response<MatchMembersResponse>, Status> {
        serve(self, request, super::match_members).await
    }

    async fn resend_challenge(
        &self,
        request: Request<ResendChallengeRequest>,
    ) -> Result<Response<ResendChallengeResponse>, Status> {
        serve(self, request, super::resend_challenge).await
    }

    async fn resolve_member(
        &self,
        request: Request<ResolveMemberRequest>,
    ) -> Result<Response<ResolveMemberResponse>, Status> {
        serve(self, request, super::resolve_member).await
    }

    async fn start_challenge(
        &self,
        request: Request<StartChallengeRequest>,
    ) -> Result<Response<StartChallengeResponse>, Status> {
        serve(self, request, super::start_challenge).await
    }

    async fn verify_challenge(
        &self,
        request: Request<VerifyChallengeRequest>,
    ) -> Result<Response<VerifyChallengeResponse>, Status> {
        serve(self, request, super::verify_challenge).await
    }
}

//! The RPCs of payers' claim rules: one line each, into their operation.

use careway_contract::visits::v1::{
    self as proto, claim_rules_service_server::ClaimRulesService,
    visit_rules_service_server::VisitRulesService,
};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ClaimRulesService for App {
    async fn get_claim_rules(
        &self,
        request: Request<proto::GetClaimRulesRequest>,
    ) -> Result<Response<proto::GetClaimRulesResponse>, Status> {
        serve(self, request, super::get_claim_rules).await
    }

    async fn set_claim_rules(
        &self,
        request: Request<proto::SetClaimRulesRequest>,
    ) -> Result<Response<proto::SetClaimRulesResponse>, Status> {
        serve(self, request, super::set_claim_rules).await
    }

    async fn get_payer_claim_rules(
        &self,
        request: Request<proto::GetPayerClaimRulesRequest>,
    ) -> Result<Response<proto::GetPayerClaimRulesResponse>, Status> {
        serve(self, request, super::get_payer_claim_rules).await
    }
}

#[async_trait]
impl VisitRulesService for App {
    async fn get_visit_rules(
        &self,
        request: Request<proto::GetVisitRulesRequest>,
    ) -> Result<Response<proto::GetVisitRulesResponse>, Status> {
        serve(self, request, super::get_visit_rules).await
    }

    async fn set_visit_rules(
        &self,
        request: Request<proto::SetVisitRulesRequest>,
    ) -> Result<Response<proto::SetVisitRulesResponse>, Status> {
        serve(self, request, super::set_visit_rules).await
    }
}

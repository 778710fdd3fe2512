//! The RPCs of benefits: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, benefit_service_server::BenefitService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl BenefitService for App {
    async fn get_visit_benefits(
        &self,
        request: Request<proto::GetVisitBenefitsRequest>,
    ) -> Result<Response<proto::GetVisitBenefitsResponse>, Status> {
        serve(self, request, super::get_visit_benefits).await
    }

    async fn get_coverage_benefits(
        &self,
        request: Request<proto::GetCoverageBenefitsRequest>,
    ) -> Result<Response<proto::GetCoverageBenefitsResponse>, Status> {
        serve(self, request, super::get_coverage_benefits).await
    }

    async fn list_ledger_entries(
        &self,
        request: Request<proto::ListLedgerEntriesRequest>,
    ) -> Result<Response<proto::ListLedgerEntriesResponse>, Status> {
        serve(self, request, super::list_ledger_entries).await
    }
}

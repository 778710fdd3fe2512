//! The RPCs of contracts: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, contract_service_server::ContractService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ContractService for App {
    async fn create_contract(
        &self,
        request: Request<proto::CreateContractRequest>,
    ) -> Result<Response<proto::CreateContractResponse>, Status> {
        serve(self, request, super::create_contract).await
    }

    async fn get_contract(
        &self,
        request: Request<proto::GetContractRequest>,
    ) -> Result<Response<proto::GetContractResponse>, Status> {
        serve(self, request, super::get_contract).await
    }

    async fn list_contracts(
        &self,
        request: Request<proto::ListContractsRequest>,
    ) -> Result<Response<proto::ListContractsResponse>, Status> {
        serve(self, request, super::list_contracts).await
    }

    async fn end_contract(
        &self,
        request: Request<proto::EndContractRequest>,
    ) -> Result<Response<proto::EndContractResponse>, Status> {
        serve(self, request, super::end_contract).await
    }
}

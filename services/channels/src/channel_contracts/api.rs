//! The RPCs of contracts: one line each, into their operation.

use careway_contract::channels::v1::{
    self as proto, channel_contract_service_server::ChannelContractService,
};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ChannelContractService for App {
    async fn create_channel_contract(
        &self,
        request: Request<proto::CreateChannelContractRequest>,
    ) -> Result<Response<proto::CreateChannelContractResponse>, Status> {
        serve(self, request, super::create_channel_contract).await
    }

    async fn confirm_channel_contract(
        &self,
        request: Request<proto::ConfirmChannelContractRequest>,
    ) -> Result<Response<proto::ConfirmChannelContractResponse>, Status> {
        serve(self, request, super::confirm_channel_contract).await
    }

    async fn get_channel_contract(
        &self,
        request: Request<proto::GetChannelContractRequest>,
    ) -> Result<Response<proto::GetChannelContractResponse>, Status> {
        serve(self, request, super::get_channel_contract).await
    }

    async fn list_channel_contracts(
        &self,
        request: Request<proto::ListChannelContractsRequest>,
    ) -> Result<Response<proto::ListChannelContractsResponse>, Status> {
        serve(self, request, super::list_channel_contracts).await
    }
}

//! Partner systems and their secrets.

use careway_contract::identity::v1::{
    CreateApiClientRequest, CreateApiClientResponse, DeleteApiClientRequest, DeleteApiClientResponse,
    GetApiClientRequest, GetApiClientResponse, ListApiClientsRequest, ListApiClientsResponse,
    RotateApiClientSecretRequest, RotateApiClientSecretResponse, api_client_service_server::ApiClientService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use super::Api;
use crate::operations;

#[tonic::async_trait]
impl ApiClientService for Api {
    async fn create_api_client(
        &self,
        request: Request<CreateApiClientRequest>,
    ) -> Result<Response<CreateApiClientResponse>, Status> {
        serve(&self.app, request, operations::create_api_client).await
    }

    async fn delete_api_client(
        &self,
        request: Request<DeleteApiClientRequest>,
    ) -> Result<Response<DeleteApiClientResponse>, Status> {
        serve(&self.app, request, operations::delete_api_client).await
    }

    async fn get_api_client(
        &self,
        request: Request<GetApiClientRequest>,
    ) -> Result<Response<GetApiClientResponse>, Status> {
        serve(&self.app, request, operations::get_api_client).await
    }

    async fn list_api_clients(
        &self,
        request: Request<ListApiClientsRequest>,
    ) -> Result<Response<ListApiClientsResponse>, Status> {
        serve(&self.app, request, operations::list_api_clients).await
    }

    async fn rotate_api_client_secret(
        &self,
        request: Request<RotateApiClientSecretRequest>,
    ) -> Result<Response<RotateApiClientSecretResponse>, Status> {
        serve(&self.app, request, operations::rotate_api_client_secret).await
    }
}

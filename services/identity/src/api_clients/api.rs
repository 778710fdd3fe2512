//! Partner systems and their secrets.

use careway_contract::identity::v1::{
    CreateApiClientRequest, CreateApiClientResponse, DeleteApiClientRequest, DeleteApiClientResponse,
    GetApiClientRequest, GetApiClientResponse, ListApiClientsRequest, ListApiClientsResponse,
    RotateApiClientSecretRequest, RotateApiClientSecretResponse, api_client_service_server::ApiClientService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::App;

#[tonic::async_trait]
impl ApiClientService for App {
    async fn create_api_client(
        &self,
        request: Request<CreateApiClientRequest>,
    ) -> Result<Response<CreateApiClientResponse>, Status> {
        serve(self, request, super::create_api_client).await
    }

    async fn delete_api_client(
        &self,
        request: Request<DeleteApiClientRequest>,
    ) -> Result<Response<DeleteApiClientResponse>, Status> {
        serve(self, request, super::delete_api_client).await
    }

    async fn get_api_client(
        &self,
        request: Request<GetApiClientRequest>,
    ) -> Result<Response<GetApiClientResponse>, Status> {
        serve(self, request, super::get_api_client).await
    }

    async fn list_api_clients(
        &self,
        request: Request<ListApiClientsRequest>,
    ) -> Result<Response<ListApiClientsResponse>, Status> {
        serve(self, request, super::list_api_clients).await
    }

    async fn rotate_api_client_secret(
        &self,
        request: Request<RotateApiClientSecretRequest>,
    ) -> Result<Response<RotateApiClientSecretResponse>, Status> {
        serve(self, request, super::rotate_api_client_secret).await
    }
}

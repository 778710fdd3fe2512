//! The keys that sign access tokens.

use careway_contract::identity::v1::{
    GetJwksRequest, GetJwksResponse, RotateSigningKeyRequest, RotateSigningKeyResponse,
    key_service_server::KeyService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::App;

#[tonic::async_trait]
impl KeyService for App {
    async fn get_jwks(&self, request: Request<GetJwksRequest>) -> Result<Response<GetJwksResponse>, Status> {
        serve(self, request, super::get_jwks).await
    }

    async fn rotate_signing_key(
        &self,
        request: Request<RotateSigningKeyRequest>,
    ) -> Result<Response<RotateSigningKeyResponse>, Status> {
        serve(self, request, super::rotate_signing_key).await
    }
}

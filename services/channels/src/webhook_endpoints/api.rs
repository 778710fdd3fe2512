//! The RPCs of webhook endpoints: one line each, into their operation.

use careway_contract::channels::v1::{
    self as proto, webhook_endpoint_service_server::WebhookEndpointService,
};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl WebhookEndpointService for App {
    async fn create_webhook_endpoint(
        &self,
        request: Request<proto::CreateWebhookEndpointRequest>,
    ) -> Result<Response<proto::CreateWebhookEndpointResponse>, Status> {
        serve(self, request, super::create_webhook_endpoint).await
    }

    async fn list_webhook_endpoints(
        &self,
        request: Request<proto::ListWebhookEndpointsRequest>,
    ) -> Result<Response<proto::ListWebhookEndpointsResponse>, Status> {
        serve(self, request, super::list_webhook_endpoints).await
    }

    async fn get_webhook_endpoint(
        &self,
        request: Request<proto::GetWebhookEndpointRequest>,
    ) -> Result<Response<proto::GetWebhookEndpointResponse>, Status> {
        serve(self, request, super::get_webhook_endpoint).await
    }

    async fn update_webhook_endpoint(
        &self,
        request: Request<proto::UpdateWebhookEndpointRequest>,
    ) -> Result<Response<proto::UpdateWebhookEndpointResponse>, Status> {
        serve(self, request, super::update_webhook_endpoint).await
    }

    async fn delete_webhook_endpoint(
        &self,
        request: Request<proto::DeleteWebhookEndpointRequest>,
    ) -> Result<Response<proto::DeleteWebhookEndpointResponse>, Status> {
        serve(self, request, super::delete_webhook_endpoint).await
    }

    async fn rotate_webhook_secret(
        &self,
        request: Request<proto::RotateWebhookSecretRequest>,
    ) -> Result<Response<proto::RotateWebhookSecretResponse>, Status> {
        serve(self, request, super::rotate_webhook_secret).await
    }

    async fn test_webhook_endpoint(
        &self,
        request: Request<proto::TestWebhookEndpointRequest>,
    ) -> Result<Response<proto::TestWebhookEndpointResponse>, Status> {
        serve(self, request, super::test_webhook_endpoint).await
    }

    async fn enable_webhook_endpoint(
        &self,
        request: Request<proto::EnableWebhookEndpointRequest>,
    ) -> Result<Response<proto::EnableWebhookEndpointResponse>, Status> {
        serve(self, request, super::enable_webhook_endpoint).await
    }

    async fn disable_webhook_endpoint(
        &self,
        request: Request<proto::DisableWebhookEndpointRequest>,
    ) -> Result<Response<proto::DisableWebhookEndpointResponse>, Status> {
        serve(self, request, super::disable_webhook_endpoint).await
    }
}

//! The RPCs of webhook messages: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, webhook_message_service_server::WebhookMessageService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl WebhookMessageService for App {
    async fn list_webhook_messages(
        &self,
        request: Request<proto::ListWebhookMessagesRequest>,
    ) -> Result<Response<proto::ListWebhookMessagesResponse>, Status> {
        serve(self, request, super::list_webhook_messages).await
    }

    async fn resend_webhook_message(
        &self,
        request: Request<proto::ResendWebhookMessageRequest>,
    ) -> Result<Response<proto::ResendWebhookMessageResponse>, Status> {
        serve(self, request, super::resend_webhook_message).await
    }

    async fn list_webhook_attempts(
        &self,
        request: Request<proto::ListWebhookAttemptsRequest>,
    ) -> Result<Response<proto::ListWebhookAttemptsResponse>, Status> {
        serve(self, request, super::list_webhook_attempts).await
    }

    async fn recover_webhook_endpoint(
        &self,
        request: Request<proto::RecoverWebhookEndpointRequest>,
    ) -> Result<Response<proto::RecoverWebhookEndpointResponse>, Status> {
        serve(self, request, super::recover_webhook_endpoint).await
    }
}

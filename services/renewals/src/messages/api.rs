//! The RPCs of messages: one line each, into its operation.

use careway_contract::renewals::v1::{
    SendRequest, SendResponse, notification_service_server::NotificationService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::{App, messages};

#[tonic::async_trait]
impl NotificationService for App {
    async fn send(&self, request: Request<SendRequest>) -> Result<Response<SendResponse>, Status> {
        serve(self, request, messages::send).await
    }
}

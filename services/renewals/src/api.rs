//! The gRPC service of this context: one line per RPC, into its operation.

use careway_contract::renewals::v1::{
    SendRequest, SendResponse, notification_service_server::NotificationService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::{App, operations};

pub(crate) struct Api {
    pub(crate) app: App,
}

#[tonic::async_trait]
impl NotificationService for Api {
    async fn send(&self, request: Request<SendRequest>) -> Result<Response<SendResponse>, Status> {
        serve(&self.app, request, operations::send).await
    }
}

//! The RPCs of declarations of consent: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, consent_service_server::ConsentService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ConsentService for App {
    async fn publish_consent(
        &self,
        request: Request<proto::PublishConsentRequest>,
    ) -> Result<Response<proto::PublishConsentResponse>, Status> {
        serve(self, request, super::publish_consent).await
    }

    async fn list_consents(
        &self,
        request: Request<proto::ListConsentsRequest>,
    ) -> Result<Response<proto::ListConsentsResponse>, Status> {
        serve(self, request, super::list_consents).await
    }
}

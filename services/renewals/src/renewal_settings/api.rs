//! The RPCs of renewal settings: one line each, into their operation.

use careway_contract::renewals::v1::{
    self as proto, renewal_settings_service_server::RenewalSettingsService,
};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl RenewalSettingsService for App {
    async fn get_renewal_settings(
        &self,
        request: Request<proto::GetRenewalSettingsRequest>,
    ) -> Result<Response<proto::GetRenewalSettingsResponse>, Status> {
        serve(self, request, super::get_renewal_settings).await
    }

    async fn set_renewal_settings(
        &self,
        request: Request<proto::SetRenewalSettingsRequest>,
    ) -> Result<Response<proto::SetRenewalSettingsResponse>, Status> {
        serve(self, request, super::set_renewal_settings).await
    }
}

//! The RPCs of notices to channels: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, channel_notice_service_server::ChannelNoticeService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ChannelNoticeService for App {
    async fn list_price_changes(
        &self,
        request: Request<proto::ListPriceChangesRequest>,
    ) -> Result<Response<proto::ListPriceChangesResponse>, Status> {
        serve(self, request, super::list_price_changes).await
    }

    async fn send_price_notices(
        &self,
        request: Request<proto::SendPriceNoticesRequest>,
    ) -> Result<Response<proto::SendPriceNoticesResponse>, Status> {
        serve(self, request, super::send_price_notices).await
    }

    async fn acknowledge_channel_notice(
        &self,
        request: Request<proto::AcknowledgeChannelNoticeRequest>,
    ) -> Result<Response<proto::AcknowledgeChannelNoticeResponse>, Status> {
        serve(self, request, super::acknowledge_channel_notice).await
    }

    async fn list_channel_notices(
        &self,
        request: Request<proto::ListChannelNoticesRequest>,
    ) -> Result<Response<proto::ListChannelNoticesResponse>, Status> {
        serve(self, request, super::list_channel_notices).await
    }
}

//! The RPCs of channels: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, channel_service_server::ChannelService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ChannelService for App {
    async fn list_channels(
        &self,
        request: Request<proto::ListChannelsRequest>,
    ) -> Result<Response<proto::ListChannelsResponse>, Status> {
        serve(self, request, super::list_channels).await
    }

    async fn get_channel(
        &self,
        request: Request<proto::GetChannelRequest>,
    ) -> Result<Response<proto::GetChannelResponse>, Status> {
        serve(self, request, super::get_channel).await
    }

    async fn set_channel_profile(
        &self,
        request: Request<proto::SetChannelProfileRequest>,
    ) -> Result<Response<proto::SetChannelProfileResponse>, Status> {
        serve(self, request, super::set_channel_profile).await
    }
}

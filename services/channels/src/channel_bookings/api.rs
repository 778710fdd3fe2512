//! The RPCs of a channel's bookings: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, channel_booking_service_server::ChannelBookingService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ChannelBookingService for App {
    async fn create_channel_booking(
        &self,
        request: Request<proto::CreateChannelBookingRequest>,
    ) -> Result<Response<proto::CreateChannelBookingResponse>, Status> {
        serve(self, request, super::create_channel_booking).await
    }

    async fn list_channel_bookings(
        &self,
        request: Request<proto::ListChannelBookingsRequest>,
    ) -> Result<Response<proto::ListChannelBookingsResponse>, Status> {
        serve(self, request, super::list_channel_bookings).await
    }

    async fn get_channel_booking(
        &self,
        request: Request<proto::GetChannelBookingRequest>,
    ) -> Result<Response<proto::GetChannelBookingResponse>, Status> {
        serve(self, request, super::get_channel_booking).await
    }

    async fn reschedule_channel_booking(
        &self,
        request: Request<proto::RescheduleChannelBookingRequest>,
    ) -> Result<Response<proto::RescheduleChannelBookingResponse>, Status> {
        serve(self, request, super::reschedule_channel_booking).await
    }

    async fn cancel_channel_booking(
        &self,
        request: Request<proto::CancelChannelBookingRequest>,
    ) -> Result<Response<proto::CancelChannelBookingResponse>, Status> {
        serve(self, request, super::cancel_channel_booking).await
    }
}

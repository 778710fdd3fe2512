//! The RPCs of the Actions Center: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, actions_center_service_server::ActionsCenterService};
use careway_service::{raw::RawPieces, serve, serve_raw};
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ActionsCenterService for App {
    type GetActionsCenterFeedStream = RawPieces;

    async fn check_actions_center_health(
        &self,
        request: Request<proto::CheckActionsCenterHealthRequest>,
    ) -> Result<Response<proto::CheckActionsCenterHealthResponse>, Status> {
        serve(self, request, super::check_actions_center_health).await
    }

    async fn look_up_actions_center_slots(
        &self,
        request: Request<proto::LookUpActionsCenterSlotsRequest>,
    ) -> Result<Response<proto::LookUpActionsCenterSlotsResponse>, Status> {
        serve(self, request, super::look_up_actions_center_slots).await
    }

    async fn create_actions_center_booking(
        &self,
        request: Request<proto::CreateActionsCenterBookingRequest>,
    ) -> Result<Response<proto::CreateActionsCenterBookingResponse>, Status> {
        serve(self, request, super::create_actions_center_booking).await
    }

    async fn update_actions_center_booking(
        &self,
        request: Request<proto::UpdateActionsCenterBookingRequest>,
    ) -> Result<Response<proto::UpdateActionsCenterBookingResponse>, Status> {
        serve(self, request, super::update_actions_center_booking).await
    }

    async fn get_actions_center_booking_status(
        &self,
        request: Request<proto::GetActionsCenterBookingStatusRequest>,
    ) -> Result<Response<proto::GetActionsCenterBookingStatusResponse>, Status> {
        serve(self, request, super::get_actions_center_booking_status).await
    }

    async fn list_actions_center_bookings(
        &self,
        request: Request<proto::ListActionsCenterBookingsRequest>,
    ) -> Result<Response<proto::ListActionsCenterBookingsResponse>, Status> {
        serve(self, request, super::list_actions_center_bookings).await
    }

    async fn get_actions_center_feed(
        &self,
        request: Request<proto::GetActionsCenterFeedRequest>,
    ) -> Result<Response<Self::GetActionsCenterFeedStream>, Status> {
        serve_raw(self, request, super::get_actions_center_feed).await
    }
}

//! The RPCs of a provider's bookings: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, booking_service_server::BookingService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl BookingService for App {
    async fn list_bookings(
        &self,
        request: Request<proto::ListBookingsRequest>,
    ) -> Result<Response<proto::ListBookingsResponse>, Status> {
        serve(self, request, super::list_bookings).await
    }

    async fn get_booking(
        &self,
        request: Request<proto::GetBookingRequest>,
    ) -> Result<Response<proto::GetBookingResponse>, Status> {
        serve(self, request, super::get_booking).await
    }

    async fn confirm_booking(
        &self,
        request: Request<proto::ConfirmBookingRequest>,
    ) -> Result<Response<proto::ConfirmBookingResponse>, Status> {
        serve(self, request, super::confirm_booking).await
    }

    async fn decline_booking(
        &self,
        request: Request<proto::DeclineBookingRequest>,
    ) -> Result<Response<proto::DeclineBookingResponse>, Status> {
        serve(self, request, super::decline_booking).await
    }

    async fn reschedule_booking(
        &self,
        request: Request<proto::RescheduleBookingRequest>,
    ) -> Result<Response<proto::RescheduleBookingResponse>, Status> {
        serve(self, request, super::reschedule_booking).await
    }

    async fn cancel_booking(
        &self,
        request: Request<proto::CancelBookingRequest>,
    ) -> Result<Response<proto::CancelBookingResponse>, Status> {
        serve(self, request, super::cancel_booking).await
    }

    async fn mark_booking_missed(
        &self,
        request: Request<proto::MarkBookingMissedRequest>,
    ) -> Result<Response<proto::MarkBookingMissedResponse>, Status> {
        serve(self, request, super::mark_booking_missed).await
    }

    async fn fulfil_booking(
        &self,
        request: Request<proto::FulfilBookingRequest>,
    ) -> Result<Response<proto::FulfilBookingResponse>, Status> {
        serve(self, request, super::fulfil_booking).await
    }
}

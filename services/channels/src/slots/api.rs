//! The RPCs of slots: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, slot_service_server::SlotService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl SlotService for App {
    async fn list_service_slots(
        &self,
        request: Request<proto::ListServiceSlotsRequest>,
    ) -> Result<Response<proto::ListServiceSlotsResponse>, Status> {
        serve(self, request, super::list_service_slots).await
    }

    async fn list_availability(
        &self,
        request: Request<proto::ListAvailabilityRequest>,
    ) -> Result<Response<proto::ListAvailabilityResponse>, Status> {
        serve(self, request, super::list_availability).await
    }

    async fn look_up_slots(
        &self,
        request: Request<proto::LookUpSlotsRequest>,
    ) -> Result<Response<proto::LookUpSlotsResponse>, Status> {
        serve(self, request, super::look_up_slots).await
    }
}

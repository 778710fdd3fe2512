//! The RPCs of SMART Scheduling Links: one line each, into their operation.

use careway_contract::channels::v1::{
    self as proto, smart_scheduling_service_server::SmartSchedulingService,
};
use careway_service::{raw::RawPieces, serve_raw};
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl SmartSchedulingService for App {
    type GetSmartManifestStream = RawPieces;
    type ListSmartLocationsStream = RawPieces;
    type ListSmartSchedulesStream = RawPieces;
    type ListSmartSlotsStream = RawPieces;

    async fn get_smart_manifest(
        &self,
        request: Request<proto::GetSmartManifestRequest>,
    ) -> Result<Response<Self::GetSmartManifestStream>, Status> {
        serve_raw(self, request, super::get_smart_manifest).await
    }

    async fn list_smart_locations(
        &self,
        request: Request<proto::ListSmartLocationsRequest>,
    ) -> Result<Response<Self::ListSmartLocationsStream>, Status> {
        serve_raw(self, request, super::list_smart_locations).await
    }

    async fn list_smart_schedules(
        &self,
        request: Request<proto::ListSmartSchedulesRequest>,
    ) -> Result<Response<Self::ListSmartSchedulesStream>, Status> {
        serve_raw(self, request, super::list_smart_schedules).await
    }

    async fn list_smart_slots(
        &self,
        request: Request<proto::ListSmartSlotsRequest>,
    ) -> Result<Response<Self::ListSmartSlotsStream>, Status> {
        serve_raw(self, request, super::list_smart_slots).await
    }
}

//! The RPCs of event types: one line each, into its operation.

use careway_contract::channels::v1::{
    ListEventTypesRequest, ListEventTypesResponse, event_type_service_server::EventTypeService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::{App, event_types};

#[tonic::async_trait]
impl EventTypeService for App {
    async fn list_event_types(
        &self,
        request: Request<ListEventTypesRequest>,
    ) -> Result<Response<ListEventTypesResponse>, Status> {
        serve(self, request, event_types::list_event_types).await
    }
}

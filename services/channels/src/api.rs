//! The gRPC services of this context: one line per RPC, into its operation.

use careway_contract::channels::v1::{
    ListEventTypesRequest, ListEventTypesResponse, event_type_service_server::EventTypeService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::{App, operations};

pub(crate) struct Api {
    pub(crate) app: App,
}

#[tonic::async_trait]
impl EventTypeService for Api {
    async fn list_event_types(
        &self,
        request: Request<ListEventTypesRequest>,
    ) -> Result<Response<ListEventTypesResponse>, Status> {
        serve(&self.app, request, operations::list_event_types).await
    }
}

//! The RPCs of feeds: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, feed_service_server::FeedService};
use careway_service::{raw::RawPieces, serve, serve_raw};
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl FeedService for App {
    type ListFeedChangesStream = RawPieces;

    async fn get_catalogue(
        &self,
        request: Request<proto::GetCatalogueRequest>,
    ) -> Result<Response<proto::GetCatalogueResponse>, Status> {
        serve(self, request, super::get_catalogue).await
    }

    async fn list_feed_changes(
        &self,
        request: Request<proto::ListFeedChangesRequest>,
    ) -> Result<Response<Self::ListFeedChangesStream>, Status> {
        serve_raw(self, request, super::list_feed_changes).await
    }
}

//! The RPCs of coverages: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, coverage_service_server::CoverageService};
use careway_service::{serve, serve_stream};
use tonic::{Request, Response, Status, Streaming, async_trait};

use crate::App;

#[async_trait]
impl CoverageService for App {
    async fn create_coverage(
        &self,
        request: Request<proto::CreateCoverageRequest>,
    ) -> Result<Response<proto::CreateCoverageResponse>, Status> {
        serve(self, request, super::create_coverage).await
    }

    async fn import_coverages(
        &self,
        request: Request<Streaming<proto::ImportCoveragesRequest>>,
    ) -> Result<Response<proto::ImportCoveragesResponse>, Status> {
        serve_stream(self, request, super::import_coverages).await
    }

    async fn get_coverage(
        &self,
        request: Request<proto::GetCoverageRequest>,
    ) -> Result<Response<proto::GetCoverageResponse>, Status> {
        serve(self, request, super::get_coverage).await
    }

    async fn list_coverages(
        &self,
        request: Request<proto::ListCoveragesRequest>,
    ) -> Result<Response<proto::ListCoveragesResponse>, Status> {
        serve(self, request, super::list_coverages).await
    }

    async fn suspend_coverage(
        &self,
        request: Request<proto::SuspendCoverageRequest>,
    ) -> Result<Response<proto::SuspendCoverageResponse>, Status> {
        serve(self, request, super::suspend_coverage).await
    }

    async fn resume_coverage(
        &self,
        request: Request<proto::ResumeCoverageRequest>,
    ) -> Result<Response<proto::ResumeCoverageResponse>, Status> {
        serve(self, request, super::resume_coverage).await
    }

    async fn terminate_coverage(
        &self,
        request: Request<proto::TerminateCoverageRequest>,
    ) -> Result<Response<proto::TerminateCoverageResponse>, Status> {
        serve(self, request, super::terminate_coverage).await
    }
}

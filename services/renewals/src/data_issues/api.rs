//! The RPCs of data issues: one line each, into their operation.

use careway_contract::renewals::v1::{self as proto, data_issue_service_server::DataIssueService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl DataIssueService for App {
    async fn report_data_issue(
        &self,
        request: Request<proto::ReportDataIssueRequest>,
    ) -> Result<Response<proto::ReportDataIssueResponse>, Status> {
        serve(self, request, super::report_data_issue).await
    }

    async fn list_data_issues(
        &self,
        request: Request<proto::ListDataIssuesRequest>,
    ) -> Result<Response<proto::ListDataIssuesResponse>, Status> {
        serve(self, request, super::list_data_issues).await
    }

    async fn get_data_issue(
        &self,
        request: Request<proto::GetDataIssueRequest>,
    ) -> Result<Response<proto::GetDataIssueResponse>, Status> {
        serve(self, request, super::get_data_issue).await
    }

    async fn resolve_data_issue(
        &self,
        request: Request<proto::ResolveDataIssueRequest>,
    ) -> Result<Response<proto::ResolveDataIssueResponse>, Status> {
        serve(self, request, super::resolve_data_issue).await
    }
}

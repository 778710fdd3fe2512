//! The RPCs of case forms: one line each, into its operation.

use careway_contract::cases::v1::{
    ListCaseFormsRequest, ListCaseFormsResponse, case_form_service_server::CaseFormService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::{App, case_forms};

#[tonic::async_trait]
impl CaseFormService for App {
    async fn list_case_forms(
        &self,
        request: Request<ListCaseFormsRequest>,
    ) -> Result<Response<ListCaseFormsResponse>, Status> {
        serve(self, request, case_forms::list_case_forms).await
    }
}

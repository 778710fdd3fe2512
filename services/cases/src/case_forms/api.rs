//! The RPCs of case forms: one line each, into its operation.

use careway_contract::cases::v1::{
    GetCaseFormRequest, GetCaseFormResponse, ListCaseFormsRequest, ListCaseFormsResponse, SetCaseFormRequest,
    SetCaseFormResponse, case_form_service_server::CaseFormService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::App;

#[tonic::async_trait]
impl CaseFormService for App {
    async fn list_case_forms(
        &self,
        request: Request<ListCaseFormsRequest>,
    ) -> Result<Response<ListCaseFormsResponse>, Status> {
        serve(self, request, super::list_case_forms).await
    }

    async fn get_case_form(
        &self,
        request: Request<GetCaseFormRequest>,
    ) -> Result<Response<GetCaseFormResponse>, Status> {
        serve(self, request, super::get_case_form).await
    }

    async fn set_case_form(
        &self,
        request: Request<SetCaseFormRequest>,
    ) -> Result<Response<SetCaseFormResponse>, Status> {
        serve(self, request, super::set_case_form).await
    }
}

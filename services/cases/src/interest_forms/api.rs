//! The RPCs of interest forms: one line each, into its operation.

use careway_contract::cases::v1::{
    AcceptInterestFormRequest, AcceptInterestFormResponse, ConfirmInterestFormRequest,
    ConfirmInterestFormResponse, DeclineInterestFormRequest, DeclineInterestFormResponse,
    GetInterestFormRequest, GetInterestFormResponse, ListInterestFormsRequest, ListInterestFormsResponse,
    SubmitInterestFormRequest, SubmitInterestFormResponse, interest_form_service_server::InterestFormService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::App;

#[tonic::async_trait]
impl InterestFormService for App {
    async fn accept_interest_form(
        &self,
        request: Request<AcceptInterestFormRequest>,
    ) -> Result<Response<AcceptInterestFormResponse>, Status> {
        serve(self, request, super::accept_interest_form).await
    }

    async fn confirm_interest_form(
        &self,
        request: Request<ConfirmInterestFormRequest>,
    ) -> Result<Response<ConfirmInterestFormResponse>, Status> {
        serve(self, request, super::confirm_interest_form).await
    }

    async fn decline_interest_form(
        &self,
        request: Request<DeclineInterestFormRequest>,
    ) -> Result<Response<DeclineInterestFormResponse>, Status> {
        serve(self, request, super::decline_interest_form).await
    }

    async fn get_interest_form(
        &self,
        request: Request<GetInterestFormRequest>,
    ) -> Result<Response<GetInterestFormResponse>, Status> {
        serve(self, request, super::get_interest_form).await
    }

    async fn list_interest_forms(
        &self,
        request: Request<ListInterestFormsRequest>,
    ) -> Result<Response<ListInterestFormsResponse>, Status> {
        serve(self, request, super::list_interest_forms).await
    }

    async fn submit_interest_form(
        &self,
        request: Request<SubmitInterestFormRequest>,
    ) -> Result<Response<SubmitInterestFormResponse>, Status> {
        serve(self, request, super::submit_interest_form).await
    }
}

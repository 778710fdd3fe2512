//! The gRPC services of this context: one line per RPC, into its operation.

use careway_contract::cases::v1::{
    ListCaseFormsRequest, ListCaseFormsResponse, case_form_service_server::CaseFormService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::{App, operations};

pub(crate) struct Api {
    pub(crate) app: App,
}

#[tonic::async_trait]
impl CaseFormService for Api {
    async fn list_case_forms(
        &self,
        request: Request<ListCaseFormsRequest>,
    ) -> Result<Response<ListCaseFormsResponse>, Status> {
        serve(&self.app, request, operations::list_case_forms).await
    }
}

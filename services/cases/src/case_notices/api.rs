//! The RPCs of notices' recipients: one line each, into its operation.

use careway_contract::cases::v1::{
    GetNoticeRecipientRequest, GetNoticeRecipientResponse, ResumeNoticesRequest, ResumeNoticesResponse,
    case_notice_service_server::CaseNoticeService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::{App, case_notices};

#[tonic::async_trait]
impl CaseNoticeService for App {
    async fn get_notice_recipient(
        &self,
        request: Request<GetNoticeRecipientRequest>,
    ) -> Result<Response<GetNoticeRecipientResponse>, Status> {
        serve(self, request, case_notices::get_notice_recipient).await
    }

    async fn resume_notices(
        &self,
        request: Request<ResumeNoticesRequest>,
    ) -> Result<Response<ResumeNoticesResponse>, Status> {
        serve(self, request, case_notices::resume_notices).await
    }
}

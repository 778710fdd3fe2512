//! What messages to people say of this context's things: each aggregate answers for its own, in its `notice.rs`.

use careway_contract::visits::v1::{
    GetNoticeRequest, GetNoticeResponse, get_notice_request::Kind, notice_service_server::NoticeService,
};
use careway_service::{Call, Error, Result, serve};
use tonic::{Request, Response, Status, async_trait};

use crate::{
    App,
    claims::{notice::claim_notice, payments::notice::payment_advice_notice},
    preauthorizations::notice::preauthorization_notice,
    prescriptions::notice::prescription_notice,
    visits::notice::visit_notice,
};

#[async_trait]
impl NoticeService for App {
    async fn get_notice(
        &self,
        request: Request<GetNoticeRequest>,
    ) -> Result<Response<GetNoticeResponse>, Status> {
        serve(self, request, get_notice).await
    }
}

async fn get_notice(app: &App, call: &Call, request: GetNoticeRequest) -> Result<GetNoticeResponse> {
    match request.kind() {
        Kind::Visit => visit_notice(app, call, request).await,
        Kind::Claim => claim_notice(app, call, request).await,
        Kind::Preauthorization => preauthorization_notice(app, call, request).await,
        Kind::Prescription => prescription_notice(app, call, request).await,
        Kind::PaymentAdvice => payment_advice_notice(app, call, request).await,
        Kind::Unspecified => Err(Error::violation("kind", "must be given")),
    }
}

//! What messages to people say of this context's things: each aggregate answers for its own, in its `notice.rs`.

use careway_contract::channels::v1::{
    GetNoticeRequest, GetNoticeResponse, get_notice_request::Kind, notice_service_server::NoticeService,
};
use careway_service::{Call, Error, Result, serve};
use tonic::{Request, Response, Status, async_trait};

use crate::{App, webhook_endpoints::endpoint_notice};

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
        Kind::Endpoint => endpoint_notice(app, call, request).await,
        Kind::Unspecified => Err(Error::violation("kind", "must be given")),
    }
}

//! What messages to people say of this context's things: each aggregate answers for its own, in its `notice.rs`.

use careway_contract::renewals::v1::{
    GetNoticeRequest, GetNoticeResponse, get_notice_request::Kind, notice_service_server::NoticeService,
};
use careway_service::{Call, Error, Result, serve};
use tonic::{Request, Response, Status, async_trait};

use crate::{
    App,
    campaigns::notice::{campaign_notice, notice_of_reminder},
    contact_digests::notice::contact_digest_notice,
    data_issues::notice::data_issue_notice,
    messages::outage_notice,
    renewals::notice::renewal_notice,
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
        Kind::Reminder => notice_of_reminder(app, call, request).await,
        Kind::Campaign => campaign_notice(app, call, request).await,
        Kind::DataIssue => data_issue_notice(app, call, request).await,
        Kind::Renewal => renewal_notice(app, call, request).await,
        Kind::ContactDigest => contact_digest_notice(app, call, request).await,
        Kind::RouteOutage => outage_notice(app, call, request).await,
        Kind::Unspecified => Err(Error::violation("kind", "must be one that this context has")),
    }
}

//! Whom mails about cases reach: asked as renewals asks when it sends.

use careway_contract::cases::v1::{
    GetNoticeRequest, GetNoticeResponse, get_notice_request::Kind, notice_service_client::NoticeServiceClient,
};
use careway_service::{Foundation, Upstream};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    test_inbox::TestInbox,
    test_world::{list, text},
};

/// What there is to say of a notice now.
pub(crate) async fn notice(foundation: &Foundation, upstream: Upstream, id: Uuid) -> GetNoticeResponse {
    let request = GetNoticeRequest { kind: Kind::CaseNotice.into(), id: id.to_string() };
    let mut notices = NoticeServiceClient::new(upstream);
    notices.get_notice(foundation.identity.request(request)).await.unwrap().into_inner()
}

impl TestInbox {
    /// Of the partner's people exactly these are told of a mail that came in; an automatic answer to it is none of that.
    pub(crate) async fn tells(&self, file: &str, mail: Uuid, expected: &Value) {
        let raised: Vec<(Uuid, Uuid)> = sqlx::query_as(
            "select n.notice_id, n.account_id from case_notice n join case_message m on m.message_id = n.message_id
             where m.inbound_mail_id = $1 and n.member_of is not null and n.inbound_mail_id is null",
        )
        .bind(mail)
        .fetch_all(&self.admin)
        .await
        .unwrap();
        let mut told = Vec::new();
        for (id, account) in raised {
            let said = notice(&self.foundation, self.upstream(), id).await;
            if said.suppressed.is_empty() && !said.to.is_empty() {
                told.push(account);
            }
        }
        let mut wanted: Vec<Uuid> =
            list(expected).iter().map(|who| self.world.account(text(who)).uuid()).collect();
        told.sort();
        wanted.sort();
        assert_eq!(told, wanted, "{file}: {expected}");
    }
}

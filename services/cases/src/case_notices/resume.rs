//! Write to somebody again about cases.

use careway_contract::cases::v1::{ResumeNoticesRequest, ResumeNoticesResponse};
use careway_kernel::AccountId;
use careway_service::{AuditEntry, Call, Keyed, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn resume_notices(
    app: &App,
    call: &Call,
    request: ResumeNoticesRequest,
) -> Keyed<ResumeNoticesResponse> {
    let account: AccountId = path_id("account", &request.account_id)?;
    let mut tx = app.db.begin(call).await?;
    store::update_resumed(&mut tx, account.uuid()).await?;
    let recipient = store::find_recipient(&mut tx, account.uuid()).await?.unwrap_or_default();
    tx.audit(AuditEntry { action: "case.notices", ..Default::default() });
    tx.commit(ResumeNoticesResponse { recipient: Some(view::recipient(account, recipient)) }).await
}

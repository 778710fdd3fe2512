//! Read whether somebody is written to about cases.

use careway_contract::cases::v1::{GetNoticeRecipientRequest, GetNoticeRecipientResponse};
use careway_kernel::AccountId;
use careway_service::{Call, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_notice_recipient(
    app: &App,
    call: &Call,
    request: GetNoticeRecipientRequest,
) -> Result<GetNoticeRecipientResponse> {
    let account: AccountId = path_id("account", &request.account_id)?;
    let mut reader = app.db.read(call).await?;
    let recipient = store::find_recipient(&mut reader, account.uuid()).await?.unwrap_or_default();
    Ok(GetNoticeRecipientResponse { recipient: Some(view::recipient(account, recipient)) })
}

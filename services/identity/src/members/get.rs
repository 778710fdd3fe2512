//! One member, contacts and national ids included.

use careway_contract::identity::v1::{GetMemberRequest, GetMemberResponse};
use careway_kernel::MemberId;
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_member(
    app: &App,
    call: &Call,
    request: GetMemberRequest,
) -> Result<GetMemberResponse> {
    let payer = call.caller.organization()?;
    let id = path_id::<MemberId>("member", &request.member_id)?;
    let mut reader = app.db.read(call).await?;
    let member = store::find_member(&mut reader, &app.data_keys, payer, id).await?;
    drop(reader);
    let member = member.ok_or_else(|| Error::not_found("member"))?;
    app.audit
        .read(call, AuditEntry { action: "member.read", member: Some(id), ..AuditEntry::default() })
        .await?;
    Ok(GetMemberResponse { member: Some(view::member(&member)) })
}

//! A member's dependants, the eldest first.

use careway_contract::identity::v1::{ListDependantsRequest, ListDependantsResponse};
use careway_kernel::MemberId;
use careway_service::{AuditEntry, Call, Error, Result};

use super::{
    list_members::{after, next_page_token, parse_page},
    member_message::{listing, parse_id},
};
use crate::{App, store::member_list};

const OPERATION: &str = "ListDependants";

pub(crate) async fn list_dependants(
    app: &App,
    call: &Call,
    request: ListDependantsRequest,
) -> Result<ListDependantsResponse> {
    let payer = call.caller.organization()?;
    let id = parse_id("memberId", &request.member_id, MemberId::parse)?;
    let (key, filter) = (&app.foundation.page_key[..], id.uuid());
    let page = parse_page(key, OPERATION, filter.as_bytes(), request.page_size, &request.page_token)?;
    let after = after(&page)?;

    let mut reader = app.db.read(call).await?;
    if !member_list::exists(&mut reader, payer, id).await? {
        return Err(Error::not_found("member"));
    }
    let found = member_list::dependants(&mut reader, payer, id, after, page.limit()).await?;
    drop(reader);
    let (members, more) = page.cut(found);
    app.audit.read(call, AuditEntry { action: "member.list-dependants", member: Some(id), ..AuditEntry::default() }).await?;
    Ok(ListDependantsResponse {
        next_page_token: next_page_token(key, OPERATION, filter.as_bytes(), members.last().filter(|_| more)),
        members: members.iter().map(listing).collect(),
    })
}

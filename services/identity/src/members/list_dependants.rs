//! A member's dependants, the eldest first.

use careway_contract::identity::v1::{ListDependantsRequest, ListDependantsResponse};
use careway_kernel::MemberId;
use careway_service::{AuditEntry, Call, Error, Result};

use super::{
    store,
    view::{listing, parse_id},
};
use crate::{App, page::Page};

pub(crate) async fn list_dependants(
    app: &App,
    call: &Call,
    request: ListDependantsRequest,
) -> Result<ListDependantsResponse> {
    let payer = call.caller.organization()?;
    let id = parse_id("memberId", &request.member_id, MemberId::parse)?;
    let page =
        Page::parse(app, "list_dependants", &[&id.to_string()], request.page_size, &request.page_token)
            .map_err(|error| Error::violation(error.field(), error.to_string()))?;

    let mut reader = app.db.read(call).await?;
    if !store::summary::exists(&mut reader, payer, id).await? {
        return Err(Error::not_found("member"));
    }
    let found = store::summary::dependants(&mut reader, payer, id, page.after, page.limit()).await?;
    drop(reader);
    let (members, next_page_token) = page.cut(app, found, |member| member.id.uuid());
    app.audit
        .read(
            call,
            AuditEntry { action: "member.list-dependants", member: Some(id), ..AuditEntry::default() },
        )
        .await?;
    Ok(ListDependantsResponse { members: members.iter().map(listing).collect(), next_page_token })
}

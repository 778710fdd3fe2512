//! A member's dependants, the eldest first.

use careway_contract::identity::v1::{ListDependantsRequest, ListDependantsResponse};
use careway_kernel::MemberId;
use careway_service::{AuditEntry, Call, Error, Result};

use super::audit::audit_shown;
use super::{store, view::listing};
use crate::{App, page::Page, wire::path_id};

pub(crate) async fn list_dependants(
    app: &App,
    call: &Call,
    request: ListDependantsRequest,
) -> Result<ListDependantsResponse> {
    let payer = call.caller.organization()?;
    let id = path_id("member", &request.member_id, MemberId::parse)?;
    let page =
        Page::parse(app, "list_dependants", &[&id.to_string()], request.page_size, &request.page_token)
            .map_err(|error| Error::violation(error.field(), error.to_string()))?;

    let mut tx = app.db.begin_unkeyed(call).await?;
    if !store::summary::exists(&mut tx, payer, id).await? {
        return Err(Error::not_found("member"));
    }
    let found = store::summary::list_dependants(&mut tx, payer, id, page.after, page.limit()).await?;
    let (members, next_page_token) = page.cut(app, found, |member| member.id.uuid());
    tx.audit(AuditEntry { action: "member.list-dependants", member: Some(id), ..AuditEntry::default() });
    audit_shown(&mut tx, "member.list-dependants", &members);
    tx.finish().await?;
    Ok(ListDependantsResponse { members: members.iter().map(listing).collect(), next_page_token })
}

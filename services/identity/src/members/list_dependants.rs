//! A member's dependants, the eldest first.

use careway_contract::identity::v1::{ListDependantsRequest, ListDependantsResponse};
use careway_kernel::{MemberId, Violations};
use careway_service::{AuditEntry, Call, Error, Paging, Result, path_id};

use super::audit::audit_shown;
use super::{store, view::listing};
use crate::App;

pub(crate) async fn list_dependants(
    app: &App,
    call: &Call,
    request: ListDependantsRequest,
) -> Result<ListDependantsResponse> {
    let payer = call.caller.organization()?;
    let id = path_id::<MemberId>("member", &request.member_id)?;
    let mut v = Violations::default();
    let filter = ListDependantsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let page =
        Paging::parse(&mut v, &app.foundation.page_key, "ListDependants", payer.uuid(), &filter, wanted);
    let (page,) = v.all((page,))?;

    let mut tx = app.db.begin_unkeyed(call).await?;
    if !store::summary::exists(&mut tx, payer, id).await? {
        return Err(Error::not_found("member"));
    }
    let found = store::summary::list_dependants(&mut tx, payer, id, page.after_id()?, page.limit()).await?;
    let (members, next_page_token) = page.cut(found, |member| *member.id.uuid().as_bytes());
    tx.audit(AuditEntry { action: "member.list-dependants", member: Some(id), ..AuditEntry::default() });
    audit_shown(&mut tx, "member.list-dependants", &members);
    tx.finish().await?;
    Ok(ListDependantsResponse { members: members.iter().map(listing).collect(), next_page_token })
}

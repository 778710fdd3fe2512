//! The contacts a member had before, the latest change first.

use careway_contract::identity::v1::{
    self as contract, ListContactChangesRequest, ListContactChangesResponse,
};
use careway_kernel::{MemberId, Violations};
use careway_service::{AuditEntry, Call, Error, Paging, Result, path_id, timestamp};

use super::{domain::ContactKind, store};
use crate::App;

pub(crate) async fn list_contact_changes(
    app: &App,
    call: &Call,
    request: ListContactChangesRequest,
) -> Result<ListContactChangesResponse> {
    let payer = call.caller.organization()?;
    let id = path_id::<MemberId>("member", &request.member_id)?;
    let mut v = Violations::default();
    let filter = ListContactChangesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let page =
        Paging::parse(&mut v, &app.foundation.page_key, "ListContactChanges", payer.uuid(), &filter, wanted);
    let (page,) = v.all((page,))?;

    let mut reader = app.db.read(call).await?;
    if !store::summary::exists(&mut reader, payer, id).await? {
        return Err(Error::not_found("member"));
    }
    let found =
        store::contact::list_contact_changes(&mut reader, &app.data_keys, id, page.after_id()?, page.limit())
            .await?;
    drop(reader);
    let (changes, next_page_token) = page.cut(found, |change| *change.id.as_bytes());
    let entry =
        AuditEntry { action: "member.list-contact-changes", member: Some(id), ..AuditEntry::default() };
    app.audit.read(call, entry).await?;
    Ok(ListContactChangesResponse { changes: changes.into_iter().map(message).collect(), next_page_token })
}

fn message(remembered: store::contact::Remembered) -> contract::ContactChange {
    let kind = match remembered.change.kind {
        ContactKind::Phone => contract::contact_change::Kind::Phone,
        ContactKind::Mobile => contract::contact_change::Kind::Mobile,
        ContactKind::Email => contract::contact_change::Kind::Email,
    };
    contract::ContactChange {
        kind: kind.into(),
        old_value: remembered.change.old.unwrap_or_default(),
        new_value: remembered.change.new.unwrap_or_default(),
        changed_at: Some(timestamp(remembered.at)),
        changed_by: remembered.by,
    }
}

//! The contacts a member had before, the latest change first.

use careway_contract::identity::v1::{self as contract, ListContactChangesRequest, ListContactChangesResponse};
use careway_kernel::{MemberId, PageToken};
use careway_service::{AuditEntry, Call, Error, Result};

use super::{
    list_members::{after, parse_page},
    member_message::{parse_id, timestamp},
};
use crate::{
    App,
    domain::member::ContactKind,
    store::{member_contact, member_list},
};

const OPERATION: &str = "ListContactChanges";

pub(crate) async fn list_contact_changes(
    app: &App,
    call: &Call,
    request: ListContactChangesRequest,
) -> Result<ListContactChangesResponse> {
    let payer = call.caller.organization()?;
    let id = parse_id("memberId", &request.member_id, MemberId::parse)?;
    let (key, filter) = (&app.foundation.page_key[..], id.uuid());
    let page = parse_page(key, OPERATION, filter.as_bytes(), request.page_size, &request.page_token)?;
    let after = after(&page)?;

    let mut reader = app.db.read(call).await?;
    if !member_list::exists(&mut reader, payer, id).await? {
        return Err(Error::not_found("member"));
    }
    let found = member_contact::list(&mut reader, &app.members.vault, id, after, page.limit()).await?;
    drop(reader);
    let (changes, more) = page.cut(found);
    let entry = AuditEntry { action: "member.list-contact-changes", member: Some(id), ..AuditEntry::default() };
    app.audit.read(call, entry).await?;
    let next = changes.last().filter(|_| more);
    Ok(ListContactChangesResponse {
        next_page_token: next
            .map(|last| PageToken::issue(key, OPERATION, filter.as_bytes(), last.id.as_bytes()))
            .unwrap_or_default(),
        changes: changes.into_iter().map(message).collect(),
    })
}

fn message(remembered: member_contact::Remembered) -> contract::ContactChange {
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

//! The contacts a member had before, the latest change first.

use careway_contract::identity::v1::{
    self as contract, ListContactChangesRequest, ListContactChangesResponse,
};
use careway_kernel::MemberId;
use careway_service::{AuditEntry, Call, Error, Result};

use super::{domain::ContactKind, store};
use crate::{
    App,
    page::Page,
    wire::{path_id, timestamp},
};

pub(crate) async fn list_contact_changes(
    app: &App,
    call: &Call,
    request: ListContactChangesRequest,
) -> Result<ListContactChangesResponse> {
    let payer = call.caller.organization()?;
    let id = path_id("member", &request.member_id, MemberId::parse)?;
    let page =
        Page::parse(app, "list_contact_changes", &[&id.to_string()], request.page_size, &request.page_token)
            .map_err(|error| Error::violation(error.field(), error.to_string()))?;

    let mut reader = app.db.read(call).await?;
    if !store::summary::exists(&mut reader, payer, id).await? {
        return Err(Error::not_found("member"));
    }
    let found =
        store::contact::list_contact_changes(&mut reader, &app.vault, id, page.after, page.limit()).await?;
    drop(reader);
    let (changes, next_page_token) = page.cut(app, found, |change| change.id);
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

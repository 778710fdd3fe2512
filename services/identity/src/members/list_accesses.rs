//! Who read or changed a member's data, the latest first.

use careway_contract::identity::v1::{ListMemberAccessesRequest, ListMemberAccessesResponse, MemberAccess};
use careway_kernel::{MemberId, PageRequest, PageToken};
use careway_service::{AuditEntry, Call, Error, Result};
use chrono::DateTime;

use super::store::{
    self,
    access::{Access, Cursor},
};
use crate::{
    App,
    callers::as_system,
    wire::{path_id, timestamp},
};

const OPERATION: &str = "list_member_accesses";

pub(crate) async fn list_member_accesses(
    app: &App,
    call: &Call,
    request: ListMemberAccessesRequest,
) -> Result<ListMemberAccessesResponse> {
    let payer = call.caller.organization()?;
    let id = path_id("member", &request.member_id, MemberId::parse)?;
    let (key, filter) = (&app.foundation.page_key[..], id.uuid());
    let page = PageRequest::parse(key, OPERATION, filter.as_bytes(), request.page_size, &request.page_token)
        .map_err(|error| Error::violation(error.field(), error.to_string()))?;
    let after = page.after.as_deref().map(Cursor::read).transpose()?;

    let mut reader = app.db.read(call).await?;
    if !store::summary::exists(&mut reader, payer, id).await? {
        return Err(Error::not_found("member"));
    }
    drop(reader);
    // The accesses are other organizations' rows: read for the payer once the member is known to be theirs.
    let mut reader = app.db.read(&as_system(call, "access_log")).await?;
    let found = store::access::list_accesses(&mut reader, id, after, page.limit()).await?;
    drop(reader);
    let (accesses, more) = page.cut(found);
    let entry = AuditEntry { action: "member.list-accesses", member: Some(id), ..AuditEntry::default() };
    app.audit.read(call, entry).await?;
    let next = accesses.last().filter(|_| more);
    Ok(ListMemberAccessesResponse {
        next_page_token: next
            .map(|last| PageToken::issue(key, OPERATION, filter.as_bytes(), &Cursor::of(last).write()))
            .unwrap_or_default(),
        accesses: accesses.into_iter().map(message).collect(),
    })
}

fn message(access: Access) -> MemberAccess {
    MemberAccess {
        accessed_at: Some(timestamp(access.at)),
        action: access.action,
        organization_id: access.organization_id.map(|id| id.to_string()).unwrap_or_default(),
        organization_name: access.organization_name.unwrap_or_default(),
        accessed_by: access.subject,
        visit_id: access.visit_id.map(|id| id.to_string()).unwrap_or_default(),
    }
}

impl Cursor {
    fn of(access: &Access) -> Self {
        Self { at: access.at, own: access.own, id: access.id }
    }

    fn write(self) -> Vec<u8> {
        [&self.at.timestamp_micros().to_be_bytes()[..], &self.own.to_be_bytes(), &self.id.to_be_bytes()]
            .concat()
    }

    fn read(bytes: &[u8]) -> Result<Self> {
        let read = || {
            let (at, rest) = bytes.split_first_chunk::<8>()?;
            let (own, id) = rest.split_first_chunk::<2>()?;
            let at = DateTime::from_timestamp_micros(i64::from_be_bytes(*at))?;
            Some(Self { at, own: i16::from_be_bytes(*own), id: i64::from_be_bytes(id.try_into().ok()?) })
        };
        read().ok_or_else(|| Error::internal(anyhow::anyhow!("a page token of another version")))
    }
}

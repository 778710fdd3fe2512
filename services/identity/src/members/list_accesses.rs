//! Who read or changed a member's data, the latest first.

use careway_contract::identity::v1::{ListMemberAccessesRequest, ListMemberAccessesResponse, MemberAccess};
use careway_kernel::{MemberId, Violations};
use careway_service::{AuditEntry, Call, Error, Paging, Result, path_id, timestamp};
use chrono::DateTime;

use super::store::{
    self,
    access::{Access, Cursor},
};
use crate::{App, callers::as_system};

pub(crate) async fn list_member_accesses(
    app: &App,
    call: &Call,
    request: ListMemberAccessesRequest,
) -> Result<ListMemberAccessesResponse> {
    let payer = call.caller.organization()?;
    let id = path_id::<MemberId>("member", &request.member_id)?;
    let mut v = Violations::default();
    let filter = ListMemberAccessesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let page =
        Paging::parse(&mut v, &app.foundation.page_key, "ListMemberAccesses", payer.uuid(), &filter, wanted);
    let (page,) = v.all((page,))?;
    let after = page.after().map(Cursor::read).transpose()?;

    let mut reader = app.db.read(call).await?;
    if !store::summary::exists(&mut reader, payer, id).await? {
        return Err(Error::not_found("member"));
    }
    drop(reader);
    // The accesses are other organizations' rows: read for the payer once the member is known to be theirs.
    let mut reader = app.db.read(&as_system(call, "access_log")).await?;
    let found = store::access::list_accesses(&mut reader, id, after, page.limit()).await?;
    drop(reader);
    let (accesses, next_page_token) = page.cut(found, |last| Cursor::of(last).write());
    let entry = AuditEntry { action: "member.list-accesses", member: Some(id), ..AuditEntry::default() };
    app.audit.read(call, entry).await?;
    Ok(ListMemberAccessesResponse { accesses: accesses.into_iter().map(message).collect(), next_page_token })
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

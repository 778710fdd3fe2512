//! List the payer's members, all or those that are searched for.

use careway_contract::identity::v1::{ListMembersRequest, ListMembersResponse};
use careway_kernel::{MemberNumber, OrganizationId, PageRequest, PageToken, text};
use careway_service::{AuditEntry, Call, Error, Reader, Result};
use uuid::Uuid;

use super::member_message::listing;
use crate::{
    App,
    domain::{challenge::NationalIdText, member::Summary},
    store::member_list,
};

const OPERATION: &str = "ListMembers";
/// Words of a search that are looked at.
const WORDS: usize = 8;

pub(crate) async fn list_members(app: &App, call: &Call, request: ListMembersRequest) -> Result<ListMembersResponse> {
    let payer = call.caller.organization()?;
    if request.q.chars().count() > 200 {
        return Err(Error::violation("q", "must be at most 200 characters"));
    }
    let q = text::fold(&request.q);
    let key = &app.foundation.page_key[..];
    let filter = [payer.uuid().as_bytes(), q.as_bytes()].concat();
    let page = parse_page(key, OPERATION, &filter, request.page_size, &request.page_token)?;
    let after = after(&page)?;

    let mut reader = app.db.read(call).await?;
    let found = search(app, &mut reader, payer, &q, after, page.limit()).await?;
    drop(reader);
    let (members, more) = page.cut(found);
    app.audit.read(call, AuditEntry { action: "member.list", ..AuditEntry::default() }).await?;
    Ok(ListMembersResponse {
        next_page_token: next_page_token(key, OPERATION, &filter, members.last().filter(|_| more)),
        members: members.iter().map(listing).collect(),
    })
}

async fn search(
    app: &App,
    reader: &mut Reader,
    payer: OrganizationId,
    q: &str,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Summary>> {
    if q.is_empty() {
        return member_list::all(reader, payer, after, limit).await;
    }
    if q.bytes().any(|byte| byte.is_ascii_digit()) {
        let number = MemberNumber::parse(q).ok();
        let number = number.as_ref().map_or("", MemberNumber::as_str);
        let index = NationalIdText::parse(q).map(|id| app.members.vault.national_id_index(id.as_str()));
        return member_list::by_number(reader, payer, number, &index.map(Vec::from).unwrap_or_default()).await;
    }
    let words: Vec<String> = q.split(' ').take(WORDS).map(str::to_owned).collect();
    member_list::by_words(reader, payer, &words, after, limit).await
}

/// The page that is asked for.
pub(super) fn parse_page(key: &[u8], operation: &str, filter: &[u8], size: i32, token: &str) -> Result<PageRequest> {
    PageRequest::parse(key, operation, filter, size, token)
        .map_err(|error| Error::violation(error.field(), error.to_string()))
}

/// The member the page before ended with.
pub(super) fn after(page: &PageRequest) -> Result<Option<Uuid>> {
    page.after.as_deref().map(Uuid::from_slice).transpose().map_err(Error::internal)
}

/// The token of the page after this member.
pub(super) fn next_page_token(key: &[u8], operation: &str, filter: &[u8], last: Option<&Summary>) -> String {
    last.map(|last| PageToken::issue(key, operation, filter, last.id.uuid().as_bytes())).unwrap_or_default()
}

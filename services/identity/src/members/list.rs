//! List the payer's members, all or those that are searched for.

use careway_contract::identity::v1::{ListMembersRequest, ListMembersResponse};
use careway_kernel::{MemberNumber, OrganizationId, text};
use careway_service::{Call, Error, Result};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    domain::{Summary, national_id::NationalIdText},
    store,
    view::listing,
};
use crate::{App, page::Page};

/// Words of a search that are looked at.
const WORDS: usize = 8;
use super::audit::audit_shown;

pub(crate) async fn list_members(
    app: &App,
    call: &Call,
    request: ListMembersRequest,
) -> Result<ListMembersResponse> {
    let payer = call.caller.organization()?;
    if request.q.chars().count() > 200 {
        return Err(Error::violation("q", "must be at most 200 characters"));
    }
    let q = text::fold(&request.q);
    let page =
        Page::parse(app, "list_members", &[&payer.to_string(), &q], request.page_size, &request.page_token)
            .map_err(|error| Error::violation(error.field(), error.to_string()))?;

    let mut tx = app.db.begin_unkeyed(call).await?;
    let found = search(app, &mut tx, payer, &q, page.after, page.limit()).await?;
    let (members, next_page_token) = page.cut(app, found, |member| member.id.uuid());
    audit_shown(&mut tx, "member.list", &members);
    tx.finish().await?;
    Ok(ListMembersResponse { members: members.iter().map(listing).collect(), next_page_token })
}

async fn search(
    app: &App,
    connection: &mut PgConnection,
    payer: OrganizationId,
    q: &str,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Summary>> {
    if q.is_empty() {
        return store::summary::list_all(connection, payer, after, limit).await;
    }
    if q.bytes().any(|byte| byte.is_ascii_digit()) {
        let number = MemberNumber::parse(q).ok();
        let number = number.as_ref().map_or("", MemberNumber::as_str);
        let index = NationalIdText::parse(q).map(|id| app.vault.national_id_index(id.as_str()));
        return store::summary::list_by_number(
            connection,
            payer,
            number,
            &index.map(Vec::from).unwrap_or_default(),
        )
        .await;
    }
    let words: Vec<String> = q.split(' ').take(WORDS).map(str::to_owned).collect();
    store::summary::list_by_words(connection, payer, &words, after, limit).await
}

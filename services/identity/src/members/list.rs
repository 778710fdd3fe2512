//! List the payer's members, all or those that are searched for.

use careway_contract::identity::v1::{ListMembersRequest, ListMembersResponse};
use careway_kernel::{
    MemberNumber, OrganizationId, Violations,
    text::{self, Line},
};
use careway_service::{Call, Paging, Result};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    domain::{Summary, national_id::NationalIdText},
    store,
    view::listing,
};
use crate::App;

/// Words of a search that are looked at.
const WORDS: usize = 8;
use super::audit::audit_shown;

pub(crate) async fn list_members(
    app: &App,
    call: &Call,
    request: ListMembersRequest,
) -> Result<ListMembersResponse> {
    let payer = call.caller.organization()?;
    let mut v = Violations::default();
    let asked = v.field("q", Line::<200>::parse(&request.q));
    let filter = ListMembersRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let page = Paging::parse(&mut v, &app.foundation.page_key, "ListMembers", payer.uuid(), &filter, wanted);
    let (asked, page) = v.all((asked, page))?;
    let q = text::fold(asked.as_str());

    let mut tx = app.db.begin_unkeyed(call).await?;
    let found = search(app, &mut tx, payer, &q, page.after_id()?, page.limit()).await?;
    let (members, next_page_token) = page.cut(found, |member| *member.id.uuid().as_bytes());
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
        let index = NationalIdText::parse(q).map(|id| app.data_keys.national_id_index(id.as_str()));
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

//! List the payer's members, all or those that are searched for.

use careway_contract::identity::v1::{ListMembersRequest, ListMembersResponse};
use careway_kernel::{
    MemberNumber, Violations,
    text::{self, Line},
};
use careway_service::{Call, Paging, Result};

use super::{audit::audit_shown, domain::national_id::NationalIdText, store, view::listing};
use crate::App;

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
    let (after, limit) = (page.after_id()?, page.limit());

    let mut tx = app.db.begin_unkeyed(call).await?;
    let found = match asked.as_str() {
        "" => store::summary::list_all(&mut tx, payer, after, limit).await?,
        q => store::summary::list_found(&mut tx, payer, &sought(app, q), after, limit).await?,
    };
    let (members, next_page_token) = page.cut(found, |member| *member.id.uuid().as_bytes());
    audit_shown(&mut tx, "member.list", &members);
    tx.finish().await?;
    Ok(ListMembersResponse { members: members.iter().map(listing).collect(), next_page_token })
}

/// Words of a name, or a number: which of them somebody means shows in what is found.
fn sought(app: &App, q: &str) -> store::summary::Sought {
    let national_id = NationalIdText::parse(q).ok();
    store::summary::Sought {
        words: text::name_query(q),
        number: MemberNumber::parse(q).ok(),
        national_id: national_id
            .map(|id| store::national_id::indexes(&app.data_keys, &id))
            .unwrap_or_default(),
    }
}

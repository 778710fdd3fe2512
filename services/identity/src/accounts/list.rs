//! List the accounts of the caller's organization, invited people included.

use careway_contract::identity::v1::{ListAccountsRequest, ListAccountsResponse};
use careway_kernel::Violations;
use careway_service::{Call, Paging, Result};

use super::{store, view::message};
use crate::App;

pub(crate) async fn list_accounts(
    app: &App,
    call: &Call,
    request: ListAccountsRequest,
) -> Result<ListAccountsResponse> {
    let organization = call.caller.organization()?;
    let mut v = Violations::default();
    let filter = ListAccountsRequest::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let page =
        Paging::parse(&mut v, &app.foundation.page_key, "ListAccounts", organization.uuid(), &filter, wanted);
    let (page,) = v.all((page,))?;

    let mut reader = app.db.read(call).await?;
    let found = store::list_accounts(&mut reader, organization, page.after_id()?, page.limit()).await?;
    let (found, next_page_token) = page.cut(found, |account| *account.id.uuid().as_bytes());
    Ok(ListAccountsResponse { accounts: found.iter().map(message).collect(), next_page_token })
}

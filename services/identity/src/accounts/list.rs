//! List the accounts of the caller's organization, invited people included.

use careway_contract::identity::v1::{ListAccountsRequest, ListAccountsResponse};
use careway_service::{Call, Error, Result};

use super::{store, view::message};
use crate::{App, page::Page};

pub(crate) async fn list_accounts(
    app: &App,
    call: &Call,
    request: ListAccountsRequest,
) -> Result<ListAccountsResponse> {
    let organization = call.caller.organization()?;
    let page = Page::parse(app, "list_accounts", &[], request.page_size, &request.page_token)
        .map_err(|error| Error::violation(error.field(), error.to_string()))?;

    let mut reader = app.db.read(call).await?;
    let found = store::list_accounts(&mut reader, organization, page.after, page.limit()).await?;
    let (found, next_page_token) = page.cut(app, found, |account| account.id.uuid());
    Ok(ListAccountsResponse { accounts: found.iter().map(message).collect(), next_page_token })
}

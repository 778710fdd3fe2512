//! List the API clients of the caller's organization, the newest first.

use careway_contract::identity::v1::{ListApiClientsRequest, ListApiClientsResponse};
use careway_service::{Call, Error, Result};

use super::{store, view::message};
use crate::{App, page::Page};

pub(crate) async fn list_api_clients(
    app: &App,
    call: &Call,
    request: ListApiClientsRequest,
) -> Result<ListApiClientsResponse> {
    let organization = call.caller.organization()?;
    let page = Page::parse(app, "list_api_clients", &[], request.page_size, &request.page_token)
        .map_err(|error| Error::violation(error.field(), error.to_string()))?;

    let mut reader = app.db.read(call).await?;
    let found = store::list_clients(&mut reader, organization, page.after, page.limit()).await?;
    let (found, next_page_token) = page.cut(app, found, |client| client.id.uuid());
    Ok(ListApiClientsResponse { api_clients: found.iter().map(message).collect(), next_page_token })
}

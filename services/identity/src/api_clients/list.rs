//! List the API clients of the caller's organization, the newest first.

use careway_contract::identity::v1::{ListApiClientsRequest, ListApiClientsResponse};
use careway_kernel::Violations;
use careway_service::{Call, Paging, Result};

use super::{store, view::message};
use crate::App;

pub(crate) async fn list_api_clients(
    app: &App,
    call: &Call,
    request: ListApiClientsRequest,
) -> Result<ListApiClientsResponse> {
    let organization = call.caller.organization()?;
    let mut v = Violations::default();
    let filter = ListApiClientsRequest::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let page = Paging::parse(
        &mut v,
        &app.foundation.page_key,
        "ListApiClients",
        organization.uuid(),
        &filter,
        wanted,
    );
    let (page,) = v.all((page,))?;

    let mut reader = app.db.read(call).await?;
    let found = store::list_clients(&mut reader, organization, page.after_id()?, page.limit()).await?;
    let (found, next_page_token) = page.cut(found, |client| *client.id.uuid().as_bytes());
    Ok(ListApiClientsResponse { api_clients: found.iter().map(message).collect(), next_page_token })
}

//! List what was done with a connection, newest first.

use careway_contract::channels::v1::{ListConnectionHistoryRequest, ListConnectionHistoryResponse};
use careway_kernel::{ConnectionId, Violations};
use careway_service::{Call, Error, Paging, Result, path_id};

use super::{store, view};
use crate::{App, parties};

pub(crate) async fn list_connection_history(
    app: &App,
    call: &Call,
    request: ListConnectionHistoryRequest,
) -> Result<ListConnectionHistoryResponse> {
    let organization = call.caller.organization()?;
    let party = parties::scope(&call.caller)?;
    let id: ConnectionId = path_id("connection", &request.connection_id)?;
    let mut v = Violations::default();
    let filter = ListConnectionHistoryRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging =
        Paging::parse(&mut v, &app.page_key, "ListConnectionHistory", organization.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let before = paging.after_id()?;
    let mut reader = app.db.read(call).await?;
    store::find_connection(&mut reader, party, id).await?.ok_or(Error::not_found("connection"))?;
    let steps = store::list_steps(&mut reader, id, before, paging.limit()).await?;
    let (steps, next_page_token) = paging.cut(steps, |step| *step.id.as_bytes());
    Ok(ListConnectionHistoryResponse { steps: steps.iter().map(view::step).collect(), next_page_token })
}

//! List connections, newest first.

use careway_contract::channels::v1::{ListConnectionsRequest, ListConnectionsResponse};
use careway_kernel::{ConnectionId, Violations};
use careway_service::{Call, Paging, Result};

use super::{
    store::{self, ConnectionFilter},
    view,
};
use crate::{App, parties};

pub(crate) async fn list_connections(
    app: &App,
    call: &Call,
    request: ListConnectionsRequest,
) -> Result<ListConnectionsResponse> {
    let organization = call.caller.organization()?;
    let party = parties::scope(&call.caller)?;
    let mut v = Violations::default();
    let filter = ListConnectionsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging =
        Paging::parse(&mut v, &app.page_key, "ListConnections", organization.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let before = paging.after_id()?.map(ConnectionId::from_uuid);
    let state = view::parse_state(request.state());
    let filter = ConnectionFilter { party, state, before, limit: paging.limit() };
    let mut reader = app.db.read(call).await?;
    let connections = store::list_connections(&mut reader, &filter).await?;
    let (connections, next_page_token) =
        paging.cut(connections, |connection| *connection.id.uuid().as_bytes());
    Ok(ListConnectionsResponse {
        connections: connections.iter().map(view::connection).collect(),
        next_page_token,
    })
}

//! List the prices that a channel does not go by yet, and those that it was told of, newest first.

use careway_contract::channels::v1::{ListPriceChangesRequest, ListPriceChangesResponse};
use careway_kernel::{ConnectionId, Violations};
use careway_service::{Call, Error, Paging, Result, path_id};

use super::{store, view};
use crate::{App, connections};

pub(crate) async fn list_price_changes(
    app: &App,
    call: &Call,
    request: ListPriceChangesRequest,
) -> Result<ListPriceChangesResponse> {
    let provider = call.caller.facility()?;
    let id: ConnectionId = path_id("connection", &request.connection_id)?;
    let mut v = Violations::default();
    let filter = ListPriceChangesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListPriceChanges", provider.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let before = paging.after_number()?;
    let mut reader = app.db.read(call).await?;
    let connection = connections::store::find_connection(&mut reader, Some(provider), id).await?;
    connection.ok_or(Error::not_found("connection"))?;
    let changes = store::list_changes(&mut reader, id, before, paging.limit()).await?;
    let (changes, next_page_token) = paging.cut(changes, |change| change.version.to_be_bytes());
    Ok(ListPriceChangesResponse { changes: changes.iter().map(view::change).collect(), next_page_token })
}

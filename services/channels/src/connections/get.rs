//! Read a connection.

use careway_contract::channels::v1::{GetConnectionRequest, GetConnectionResponse};
use careway_kernel::ConnectionId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::{App, parties};

pub(crate) async fn get_connection(
    app: &App,
    call: &Call,
    request: GetConnectionRequest,
) -> Result<GetConnectionResponse> {
    let party = parties::scope(&call.caller)?;
    let id: ConnectionId = path_id("connection", &request.connection_id)?;
    let mut reader = app.db.read(call).await?;
    let connection = store::find_connection(&mut reader, party, id).await?;
    let connection = connection.ok_or(Error::not_found("connection"))?;
    Ok(GetConnectionResponse { connection: Some(view::connection(&connection)) })
}

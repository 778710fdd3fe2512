//! Name everything that a connection still lacks before it can go live.

use careway_contract::channels::v1::{GetReadinessRequest, GetReadinessResponse};
use careway_kernel::ConnectionId;
use careway_service::{Call, Error, Result, path_id};

use super::{domain::State, store, view};
use crate::{App, parties};

pub(crate) async fn get_readiness(
    app: &App,
    call: &Call,
    request: GetReadinessRequest,
) -> Result<GetReadinessResponse> {
    let party = parties::scope(&call.caller)?;
    let id: ConnectionId = path_id("connection", &request.connection_id)?;
    let mut reader = app.db.read(call).await?;
    let own = store::find_connection(&mut reader, party, id).await?;
    own.ok_or(Error::not_found("connection"))?;
    let found = store::find_with_grounds(&mut reader, id, app.clock.now()).await?;
    let (connection, grounds) = found.ok_or(Error::not_found("connection"))?;
    let missing = grounds.missing_for(&connection, State::Live);
    Ok(GetReadinessResponse {
        ready: missing.is_empty(),
        missing: missing.into_iter().map(view::lacking).collect(),
    })
}

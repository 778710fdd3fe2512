//! Stop the connection, for the caller's own cause.

use careway_contract::channels::v1::{SuspendConnectionRequest, SuspendConnectionResponse};
use careway_service::{Call, Error, Keyed};

use super::{change::Change, domain::Cause, mails, view};
use crate::App;

pub(crate) async fn suspend_connection(
    app: &App,
    call: &Call,
    request: SuspendConnectionRequest,
) -> Keyed<SuspendConnectionResponse> {
    let cause = call.caller.kind().and_then(Cause::of);
    let cause = cause.ok_or_else(|| Error::not_found("connection"))?;
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    change.connection.suspend(cause)?;
    let news = change.is_news();
    let connection = change.keep_by(&mut tx, call, "suspend", cause.as_str().to_owned()).await?;
    if news {
        mails::keep(app, &mut tx, connection.id, mails::Kind::Changed, connection.state.as_str()).await?;
    }
    tx.commit(SuspendConnectionResponse { connection: Some(view::connection(&connection)) }).await
}

//! Lift the caller's own cause; without any the connection is live again.

use careway_contract::channels::v1::{ResumeConnectionRequest, ResumeConnectionResponse};
use careway_service::{Call, Error, Keyed};

use super::{change::Change, domain::Cause, mails, view};
use crate::App;

pub(crate) async fn resume_connection(
    app: &App,
    call: &Call,
    request: ResumeConnectionRequest,
) -> Keyed<ResumeConnectionResponse> {
    let cause = call.caller.kind().and_then(Cause::of);
    let cause = cause.ok_or_else(|| Error::not_found("connection"))?;
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    change.connection.resume(cause)?;
    let news = change.is_news();
    let connection = change.keep_by(&mut tx, call, "resume", cause.as_str().to_owned()).await?;
    if news {
        mails::keep(app, &mut tx, connection.id, mails::Kind::Changed, connection.state.as_str()).await?;
    }
    tx.commit(ResumeConnectionResponse { connection: Some(view::connection(&connection)) }).await
}

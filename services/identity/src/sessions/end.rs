//! Sign out: the session's tokens are refused within seconds.

use careway_contract::identity::v1::{EndSessionRequest, EndSessionResponse};
use careway_service::{Call, Result};

use super::store;
use crate::revocations::domain::EndReason;
use crate::{
    App,
    revocations::{self, Revoked},
};

pub(crate) async fn end_session(
    app: &App,
    call: &Call,
    _request: EndSessionRequest,
) -> Result<EndSessionResponse> {
    call.caller.account()?;
    let Some(id) = call.caller.session else { return Ok(EndSessionResponse {}) };
    let mut tx = app.db.begin_for(call, "sign-out").await?;
    let session = store::lock_session(&mut tx, id).await?.filter(|session| session.ended_at.is_none());
    if let Some(session) = session {
        let ended = session.end(EndReason::SignedOut, tx.now());
        store::update_ended(&mut tx, &ended).await?;
        revocations::record_ended(&mut tx, ended.ended(EndReason::SignedOut));
    }
    tx.finish().await?;
    revocations::announce(app, [Revoked::Session(id)]).await;
    Ok(EndSessionResponse {})
}

//! Give a held time back.

use careway_contract::channels::v1::{ReleaseHoldRequest, ReleaseHoldResponse};
use careway_kernel::HoldId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::store;
use crate::App;

pub(crate) async fn release_hold(
    app: &App,
    call: &Call,
    request: ReleaseHoldRequest,
) -> Keyed<ReleaseHoldResponse> {
    let channel = call.caller.channel()?;
    let id: HoldId = path_id("hold", &request.hold_id)?;
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    store::find_hold(&mut tx, channel, id).await?.ok_or(Error::not_found("hold"))?;
    store::release(&mut tx, &[id], now).await?;
    tx.audit(AuditEntry { action: "hold.release", ..Default::default() });
    tx.commit(ReleaseHoldResponse {}).await
}

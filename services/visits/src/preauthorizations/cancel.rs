//! Cancel a pre-authorization: what it holds, and claims have not taken, is free again.

use careway_contract::visits::v1::{CancelPreauthorizationRequest, CancelPreauthorizationResponse};
use careway_kernel::Violations;
use careway_service::{Call, Error, Keyed, Result, Transaction};

use super::{domain::Preauthorization, events, request_parts::id, store, view};
use crate::{App, texts::short};

pub(crate) async fn cancel_preauthorization(
    app: &App,
    call: &Call,
    request: CancelPreauthorizationRequest,
) -> Keyed<CancelPreauthorizationResponse> {
    let (facility, id) = (call.caller.facility()?, id(&request.preauthorization_id)?);
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), short);
    let (reason,) = v.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let locked = store::lock_preauthorization(&mut tx, id, facility).await?;
    let locked = locked.ok_or(Error::not_found("pre-authorization"))?;
    call.check_version(locked.preauthorization.version)?;
    let it = cancel(&mut tx, call, locked.preauthorization, reason).await?;
    let preauthorization = Some(view::preauthorization(&it));
    tx.commit(CancelPreauthorizationResponse { preauthorization }).await
}

/// Cancels one that is locked, for its own sake or with its visit.
pub(crate) async fn cancel(
    tx: &mut Transaction,
    call: &Call,
    it: Preauthorization,
    reason: String,
) -> Result<Preauthorization> {
    let now = tx.now();
    let it = it.cancel(now, reason)?;
    store::update_ended(tx, &it, false, now).await?;
    events::concluded(tx, &it);
    events::note(tx, call, "preauthorization.cancel", &it);
    Ok(it)
}

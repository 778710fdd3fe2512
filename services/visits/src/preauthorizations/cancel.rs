//! Cancel a pre-authorization: what it holds, and claims have not taken, is free again.

use careway_contract::visits::v1::{CancelPreauthorizationRequest, CancelPreauthorizationResponse};
use careway_kernel::Violations;
use careway_service::{Call, Error, Keyed, Result, Transaction};

use super::{domain::Preauthorization, events, request_parts::id, store, view};
use crate::{App, texts::Short};

pub(crate) async fn cancel_preauthorization(
    app: &App,
    call: &Call,
    request: CancelPreauthorizationRequest,
) -> Keyed<CancelPreauthorizationResponse> {
    let (facility, id) = (call.caller.facility()?, id(&request.preauthorization_id)?);
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), Short::parse);
    let (reason,) = v.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let locked = store::lock_preauthorization(&mut tx, id, facility).await?;
    let locked = locked.ok_or(Error::not_found("pre-authorization"))?;
    call.check_version(locked.preauthorization.version)?;
    let it = cancel(&mut tx, call, locked.preauthorization, reason.into()).await?;
    let preauthorization = Some(view::preauthorization(&it));
    tx.commit(CancelPreauthorizationResponse { preauthorization }).await
}

/// Cancels one that is locked, for its own sake or with its visit.
pub(crate) async fn cancel(
    tx: &mut Transaction,
    call: &Call,
    preauthorization: Preauthorization,
    reason: String,
) -> Result<Preauthorization> {
    let now = tx.now();
    let preauthorization = preauthorization.cancel(now, reason)?;
    store::update_ended(tx, &preauthorization, false, now).await?;
    events::concluded(tx, &preauthorization);
    events::note(tx, call, "preauthorization.cancel", &preauthorization);
    Ok(preauthorization)
}

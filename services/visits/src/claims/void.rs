//! Void a paid claim: nothing of it stands any more, and the next payment advice takes back what was paid.

use careway_contract::visits::v1::{VoidClaimRequest, VoidClaimResponse};
use careway_kernel::{ClaimId, Violations};
use careway_service::{Call, Keyed, path_id};

use super::{events, locked::LockedClaim, store, view, write::drawn};
use crate::{App, preauthorizations, texts::Short};

pub(crate) async fn void_claim(
    app: &App,
    call: &Call,
    request: VoidClaimRequest,
) -> Keyed<VoidClaimResponse> {
    let facility = call.caller.facility()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), Short::parse);
    let (reason,) = v.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let LockedClaim { claim, lines, locked } =
        LockedClaim::of_facility(app, &mut tx, (id, facility), None).await?;
    let days = locked.care.facts.clauses().correction_days;
    let claim = claim.void((locked.now, locked.context.today), days, reason.into())?;
    store::save::reverse(&mut tx, &claim, locked.now).await?;
    preauthorizations::usage::count_use(&mut tx, &drawn(&lines)).await?;
    events::corrected(&mut tx, &claim);
    events::note(&mut tx, call, &claim, "claim.void");
    tx.commit(VoidClaimResponse { claim: Some(view::listed(&claim)) }).await
}

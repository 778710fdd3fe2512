//! Recall a claim: the facility takes it back, and limits and reservations are as if it had never been.

use careway_contract::visits::v1::{RecallClaimRequest, RecallClaimResponse};
use careway_kernel::{ClaimId, Violations};
use careway_service::{Call, Keyed, path_id};

use super::{
    events,
    locked_head::locked_of,
    store::{self, Locked},
    view,
};
use crate::{App, preauthorizations, texts::Short};

pub(crate) async fn recall_claim(
    app: &App,
    call: &Call,
    request: RecallClaimRequest,
) -> Keyed<RecallClaimResponse> {
    let facility = call.caller.facility()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), Short::parse);
    let (reason,) = v.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let Locked { claim, drawn, .. } = locked_of(&mut tx, id, facility).await?;
    let claim = claim.recall(tx.now(), reason.into())?;
    let now = tx.now();
    store::save::recall(&mut tx, &claim, now).await?;
    preauthorizations::usage::count_use(&mut tx, &drawn).await?;
    // The payer never knew of a draft.
    if claim.submitted_at.is_some() {
        events::recalled(&mut tx, &claim);
    }
    events::note(&mut tx, call, &claim, "claim.recall");
    tx.commit(RecallClaimResponse { claim: Some(view::listed(&claim)) }).await
}

//! Recall a claim: the facility takes it back, and limits and reservations are as if it had never been.

use careway_contract::visits::v1::{RecallClaimRequest, RecallClaimResponse};
use careway_kernel::{ClaimId, Violations};
use careway_service::{Call, Error, Result};

use super::{
    claim_callers::locked_of, claim_telling, preauthorization_use, texts::short, visit_callers::facility,
};
use crate::{
    App,
    api::claim_view,
    store::{self, claim::Locked},
};

pub(crate) async fn recall_claim(
    app: &App,
    call: &Call,
    request: RecallClaimRequest,
) -> Result<RecallClaimResponse> {
    let facility = facility(call)?;
    let id = ClaimId::parse(&request.claim_id).map_err(|_| Error::not_found("claim"))?;
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), short);
    let (reason,) = v.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let Locked { claim, drawn, .. } = locked_of(&mut tx, id, facility).await?;
    let claim = claim.recall(tx.now(), reason)?;
    let now = tx.now();
    store::claim_update::recall(&mut tx, &claim, now).await?;
    preauthorization_use::count_use(&mut tx, &drawn).await?;
    // The payer never knew of a draft.
    if claim.submitted_at.is_some() {
        claim_telling::recalled(&mut tx, &claim);
    }
    claim_telling::note(&mut tx, call, &claim, "claim.recall");
    tx.commit(RecallClaimResponse { claim: Some(claim_view::listed(&claim)) }).await
}

//! Submit a draft; the rules decide, or leave it to a reviewer.

use careway_contract::visits::v1::{SubmitClaimRequest, SubmitClaimResponse};
use careway_kernel::ClaimId;
use careway_service::{Call, Keyed, path_id};

use super::{locked::LockedClaim, store::save::SaveClaim, view, write};
use crate::App;

pub(crate) async fn submit_claim(
    app: &App,
    call: &Call,
    request: SubmitClaimRequest,
) -> Keyed<SubmitClaimResponse> {
    let facility = call.caller.facility()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;

    let mut tx = app.db.begin(call).await?;
    let LockedClaim { claim, mut lines, locked } =
        LockedClaim::of_facility(app, &mut tx, (id, facility), None).await?;
    let (claim, postings) = write::submitted(&locked, &mut tx, claim, &mut lines).await?;
    let parties = &locked.care.facts.parties;
    let changed = SaveClaim::changed(&claim, (parties, &lines));
    write::save(app, &mut tx, SaveClaim { postings: &postings, ..changed }).await?;
    write::cite(&mut tx, &claim, &claim.documents).await?;
    write::record_submitted(&mut tx, call, &claim);
    let lines: Vec<_> = lines.into_iter().map(Into::into).collect();
    let claim = view::whole(&app.context.keys, &claim, &lines)?;
    tx.commit(SubmitClaimResponse { claim: Some(claim) }).await
}

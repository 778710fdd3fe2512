//! Review a claim: a reviewer of the payer decides, line by line, and the claim is adjudicated with these decisions.

use careway_contract::visits::v1::{ReviewClaimRequest, ReviewClaimResponse};
use careway_kernel::ClaimId;
use careway_service::{Call, Keyed, path_id};

use super::{
    domain::review_rules::reviewed, events, locked::LockedClaim, review_request, store::save::SaveClaim,
    view, write,
};
use crate::{App, service_lines::domain::OwnerKind};

pub(crate) async fn review_claim(
    app: &App,
    call: &Call,
    request: ReviewClaimRequest,
) -> Keyed<ReviewClaimResponse> {
    let (payer, by) = (call.caller.payer()?, call.caller.person_or_client()?);
    let id: ClaimId = path_id("claim", &request.claim_id)?;

    let mut tx = app.db.begin(call).await?;
    let LockedClaim { claim, lines, locked } = LockedClaim::of_payer(app, &mut tx, (id, payer)).await?;
    let decisions = review_request::parse(&request.lines, claim.currency, &lines)?;
    let mut lines = reviewed(lines, &decisions, by, locked.now);
    let settlement = locked.care.adjudicate(OwnerKind::Claim, &mut lines);
    let claim = claim.review(locked.now, locked.decision(&settlement))?;
    write::count(&claim, &mut lines);
    let parties = &locked.care.facts.parties;
    let changed = SaveClaim::changed(&claim, (parties, &lines));
    write::save(app, &mut tx, SaveClaim { postings: &settlement.postings, ..changed }).await?;
    events::decided(&mut tx, &claim, false);
    events::note(&mut tx, call, &claim, "claim.review");
    let lines: Vec<_> = lines.into_iter().map(Into::into).collect();
    let claim = view::whole(&app.context.keys, &claim, &lines)?;
    tx.commit(ReviewClaimResponse { claim: Some(claim) }).await
}

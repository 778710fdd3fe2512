//! Answer an appeal: the decision stands, or the lines are decided anew.

use careway_contract::visits::v1::{
    DecideClaimAppealRequest, DecideClaimAppealResponse, decide_claim_appeal_request::Outcome,
};
use careway_kernel::{ClaimId, OrganizationId, ServiceLineId, Violations};
use careway_service::{Call, Keyed, path_id};
use uuid::Uuid;

use super::{
    domain::review_rules::decided_anew,
    events,
    locked::LockedClaim,
    locked_head::locked_by,
    review_request,
    store::{self, save::SaveClaim},
    view::{self, ClaimLines},
    write,
};
use crate::{App, seal::Column, service_lines::domain::OwnerKind, texts::Statement};

pub(crate) async fn decide_claim_appeal(
    app: &App,
    call: &Call,
    request: DecideClaimAppealRequest,
) -> Keyed<DecideClaimAppealResponse> {
    let payer = call.caller.payer()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let mut v = Violations::default();
    let text = v.required("text", request.text.as_str(), Statement::parse);
    let upheld = request.outcome() != Outcome::Overturned;
    v.check("outcome", request.outcome() != Outcome::Unspecified, "is required");
    v.check("lines", !upheld || request.lines.is_empty(), "must be left out when the decision stands");
    let (text,) = v.all((text,))?;
    let sealed = app.context.keys.seal(Column::ClaimAppealAnswer, id, text.as_str().as_bytes())?;
    if upheld {
        uphold(app, call, (id, payer), sealed).await
    } else {
        overturn(app, call, (id, payer), sealed, request).await
    }
}

async fn uphold(
    app: &App,
    call: &Call,
    (id, payer): (ClaimId, OrganizationId),
    sealed: Vec<u8>,
) -> Keyed<DecideClaimAppealResponse> {
    let mut tx = app.db.begin(call).await?;
    let claim = locked_by(&mut tx, id, payer).await?.claim;
    let claim = claim.uphold(tx.now(), sealed)?;
    store::save::update_claim(&mut tx, &claim).await?;
    events::decided(&mut tx, &claim, false);
    events::note(&mut tx, call, &claim, "claim.decide_appeal");
    tx.commit(DecideClaimAppealResponse { claim: Some(view::listed(&claim)) }).await
}

async fn overturn(
    app: &App,
    call: &Call,
    (id, payer): (ClaimId, OrganizationId),
    sealed: Vec<u8>,
    request: DecideClaimAppealRequest,
) -> Keyed<DecideClaimAppealResponse> {
    let by = call.caller.person_or_client()?;
    let mut tx = app.db.begin(call).await?;
    let LockedClaim { claim, lines, locked } = LockedClaim::of_payer(app, &mut tx, (id, payer)).await?;
    let decisions = review_request::parse(&request.lines, claim.currency, &lines)?;
    let new_id = || ServiceLineId::new(&app.clock).uuid();
    let (former, mut next) = decided_anew(lines, &decisions, (by, locked.now), new_id);
    let settlement = locked.care.adjudicate(OwnerKind::Claim, &mut next);
    let claim = claim.overturn(locked.now, sealed, settlement.totals)?;
    write::count(&claim, &mut next);

    let undone: Vec<Uuid> = former.iter().map(|line| line.id).collect();
    let lines: Vec<_> = former.iter().chain(&next).cloned().collect();
    let parties = &locked.care.facts.parties;
    let changed = SaveClaim::changed(&claim, (parties, &lines));
    let changed = SaveClaim { undone: &undone, postings: &settlement.postings, ..changed };
    write::save(app, &mut tx, changed).await?;
    events::decided(&mut tx, &claim, false);
    events::note(&mut tx, call, &claim, "claim.decide_appeal");
    let pair = |(current, former)| ClaimLines { current, former: vec![former] };
    let lines: Vec<ClaimLines> = next.into_iter().zip(former).map(pair).collect();
    let claim = view::whole(&app.context.keys, &claim, &lines)?;
    tx.commit(DecideClaimAppealResponse { claim: Some(claim) }).await
}

//! Resubmit a rejected claim, corrected: a claim of its own, linked to the first.

use careway_contract::visits::v1::{ResubmitClaimRequest, ResubmitClaimResponse};
use careway_kernel::{ClaimId, Violations};
use careway_service::{Call, Keyed, path_id};

use super::{locked::LockedClaim, store::save::SaveClaim, view, write};
use crate::{
    App, documents,
    service_lines::{self, settle::new_lines},
};

pub(crate) async fn resubmit_claim(
    app: &App,
    call: &Call,
    request: ResubmitClaimRequest,
) -> Keyed<ResubmitClaimResponse> {
    let facility = call.caller.facility()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let mut v = Violations::default();
    let lines = service_lines::view::parse(&mut v, request.lines);
    let documents = documents::citations::parse(&mut v, &request.document_ids);
    let (asked, documents) = v.all((lines, documents))?;

    let mut tx = app.db.begin(call).await?;
    let LockedClaim { claim: former, locked, .. } =
        LockedClaim::of_facility(app, &mut tx, (id, facility), Some(&asked)).await?;
    let mut lines = new_lines(app, locked.care.request(asked)?);
    let draft = locked.draft(app, &lines, None, documents)?;
    let most = i32::from(locked.care.facts.rules.resubmissions_most);
    let (_, claim) = former.resubmit(locked.now, draft, most)?;
    let hashes = locked.hashes(app, &lines);
    let (claim, postings) = write::submitted(&locked, &mut tx, claim, &mut lines).await?;
    let new = SaveClaim::new(&claim, &hashes, (&locked.care.facts.parties, &lines));
    write::save(app, &mut tx, SaveClaim { postings: &postings, ..new }).await?;
    write::cite(&mut tx, &claim, &claim.documents).await?;
    write::record_submitted(&mut tx, call, &claim);
    let lines: Vec<_> = lines.into_iter().map(Into::into).collect();
    let claim = view::whole(&app.context.keys, &claim, &lines)?;
    tx.commit(ResubmitClaimResponse { claim: Some(claim) }).await
}

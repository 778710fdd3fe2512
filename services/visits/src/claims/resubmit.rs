//! Resubmit a rejected claim, corrected: a claim of its own, linked to the first.

use careway_contract::visits::v1::{ResubmitClaimRequest, ResubmitClaimResponse};
use careway_kernel::{ClaimId, Violations};
use careway_service::{Call, Keyed, path_id};

use super::{
    locked::LockedClaim,
    view,
    write::{self, Written},
};
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
    let lines = new_lines(app, locked.care.request(asked)?);
    let draft = locked.draft(app, &lines, None, documents)?;
    let most = i32::from(locked.care.facts.rules.resubmissions_most);
    let (_, claim) = former.resubmit(locked.now, draft, most)?;
    let Written { claim, lines } = write::submit_new(app, &mut tx, &locked, claim, lines).await?;
    write::record_submitted(&mut tx, call, &claim);
    let lines: Vec<_> = lines.into_iter().map(Into::into).collect();
    let claim = view::whole(&app.context.keys, &claim, &lines)?;
    tx.commit(ResubmitClaimResponse { claim: Some(claim) }).await
}

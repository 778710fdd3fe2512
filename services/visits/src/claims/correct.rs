//! Correct a paid claim: a claim of its own takes its place, and the next payment advice carries the difference.

use careway_contract::visits::v1::{CorrectClaimRequest, CorrectClaimResponse};
use careway_kernel::{ClaimId, Violations};
use careway_service::{Call, Keyed, path_id};

use super::{
    events,
    locked::LockedClaim,
    store, view,
    write::{self, Written, drawn},
};
use crate::{
    App, documents, preauthorizations,
    service_lines::{self, settle::new_lines},
    texts::Short,
};

pub(crate) async fn correct_claim(
    app: &App,
    call: &Call,
    request: CorrectClaimRequest,
) -> Keyed<CorrectClaimResponse> {
    let facility = call.caller.facility()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), Short::parse);
    let lines = service_lines::view::parse(&mut v, request.lines);
    let documents = documents::citations::parse(&mut v, &request.document_ids);
    let (reason, asked, documents) = v.all((reason, lines, documents))?;

    let mut tx = app.db.begin(call).await?;
    let LockedClaim { claim: former, lines: former_lines, locked } =
        LockedClaim::of_facility(app, &mut tx, (id, facility), Some(&asked)).await?;
    let (today, days) = (locked.context.today, locked.care.facts.clauses().correction_days);
    // What was done is told before what is wrong with the lines that can do nothing any more.
    former.correctable(today, days)?;
    let lines = new_lines(app, locked.care.request(asked)?);
    let draft = locked.draft(app, &lines, None, documents)?;
    let (former, claim) = former.correct((locked.now, today), days, draft, reason.into())?;
    store::save::reverse(&mut tx, &former, locked.now).await?;
    let Written { claim, lines } = write::submit_new(app, &mut tx, &locked, claim, lines).await?;
    preauthorizations::usage::count_use(&mut tx, &drawn(&former_lines)).await?;
    events::corrected(&mut tx, &former);
    events::note(&mut tx, call, &former, "claim.correct");
    write::record_submitted(&mut tx, call, &claim);
    let lines: Vec<_> = lines.into_iter().map(Into::into).collect();
    let claim = view::whole(&app.context.keys, &claim, &lines)?;
    tx.commit(CorrectClaimResponse { claim: Some(claim) }).await
}

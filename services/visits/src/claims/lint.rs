//! Lint a claim: everything is done as if it were submitted now, and undone.

use careway_contract::visits::v1::{ClaimProblem, LintClaimRequest, LintClaimResponse, Reason};
use careway_kernel::{OrganizationId, Violations, VisitId};
use careway_service::{Call, Kind, Result, Transaction};

use super::{
    domain::{Claim, State, refusal::ClaimRefusal},
    events,
    payments::payment_request::reference,
    store, view,
    write::{self, LockedVisit},
};
use crate::{
    App,
    service_lines::{
        self,
        domain::{OwnerKind, requested::LineRequest},
        settle::new_lines,
    },
};

pub(crate) async fn lint_claim(
    app: &App,
    call: &Call,
    request: LintClaimRequest,
) -> Result<LintClaimResponse> {
    let facility = call.caller.facility()?;
    let mut v = Violations::default();
    let visit = v.required("visitId", request.visit_id.as_str(), VisitId::parse);
    let lines = service_lines::view::parse(&mut v, request.lines);
    let given = v.optional("externalReference", request.external_reference.as_str(), reference);
    let (visit, lines, reference) = v.all((visit, lines, given))?;

    let linted = {
        // Dropped without a commit: nothing stays of it.
        let mut tx = app.db.begin_unkeyed(&Call::by(call.caller.clone())).await?;
        lint(app, &mut tx, (visit, facility), lines, reference).await
    };
    match linted {
        Ok((claim, answer)) => {
            app.audit.read(call, events::entry(&claim, "claim.lint")).await?;
            Ok(answer)
        }
        // What the visit itself refuses is what would be answered.
        Err(error) if error.kind() == Kind::Refused => {
            let refused = ClaimProblem {
                reason: error.reason().to_owned(),
                message: error.message().to_owned(),
                ..Default::default()
            };
            Ok(LintClaimResponse { problems: vec![refused], ..Default::default() })
        }
        Err(error) => Err(error),
    }
}

async fn lint(
    app: &App,
    tx: &mut Transaction,
    parties: (VisitId, OrganizationId),
    asked: Vec<LineRequest>,
    reference: Option<String>,
) -> Result<(Claim, LintClaimResponse)> {
    let locked = LockedVisit::of_visit(app, tx, parties, &asked, false).await?;
    let mut lines = new_lines(app, locked.care.request(asked)?);
    let draft = locked.draft(app, &lines, reference.clone(), Vec::new())?;
    let claim = Claim::draft(locked.now, draft)?;
    let settlement = locked.care.adjudicate(OwnerKind::Claim, &mut lines);
    let reasons = locked.reasons(&settlement);

    let mut problems = Vec::new();
    if locked.context.today > claim.submit_by {
        problems.push(ClaimRefusal::SubmittedLate { by: claim.submit_by });
    }
    let mut duplicate = write::duplicate(tx, &claim, &lines).await?;
    if let Some(reference) = &reference {
        let parties = (claim.visit.facility, claim.visit.payer);
        let first = store::find_by_reference(tx, parties, reference).await?;
        duplicate = duplicate.or(first.map(|it| ClaimRefusal::Duplicate { of: it.id(), number: it.number }));
    }
    problems.extend(duplicate);

    let state = if reasons.is_empty() {
        claim
            .clone()
            .submit(locked.now, claim.submit_by)?
            .decide(locked.now, locked.decision(&settlement))?
            .state
    } else {
        State::InReview
    };
    let shown: Vec<_> = lines.into_iter().map(Into::into).collect();
    let answer = LintClaimResponse {
        state: if problems.is_empty() { view::state(state).into() } else { 0 },
        problems: problems.iter().map(problem).collect(),
        review_reasons: view::reasons(&reasons),
        currency: claim.currency.code().to_owned(),
        amounts: Some(service_lines::view::amounts(claim.currency, &settlement.totals)),
        lines: shown.iter().map(|line| view::line(line, claim.currency)).collect(),
        submit_by: claim.submit_by.to_string(),
    };
    Ok((claim, answer))
}

fn problem(refusal: &ClaimRefusal) -> ClaimProblem {
    let (claim_id, claim_number) = match refusal {
        ClaimRefusal::Duplicate { of, number } => (of.to_string(), number.clone()),
        _ => Default::default(),
    };
    let reason = Reason::from(refusal).as_str_name().to_owned();
    ClaimProblem { reason, message: refusal.to_string(), claim_id, claim_number }
}

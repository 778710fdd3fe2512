//! Decide a pre-authorization: the payer's word on every line that waits, settled by the plan and held at once.

use careway_contract::visits::v1::{DecidePreauthorizationRequest, DecidePreauthorizationResponse};
use careway_kernel::{Violations, parse_date};
use careway_service::{Call, Keyed, Result};
use chrono::{DateTime, Days, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    decision_request::{LineDecision, parse, reviews},
    domain::{
        Preauthorization, Validity,
        line::Outcome,
        transitions::{PreauthorizationRefusal, Ruling},
    },
    events,
    request_parts::id,
    settle::PreauthorizationDraft,
    store::facts::Amending,
    view,
};
use crate::{
    App,
    adjudication::{input::Review, outcome::Determination},
    service_lines::domain::{Decision, ServiceLine},
};

pub(crate) async fn decide_preauthorization(
    app: &App,
    call: &Call,
    request: DecidePreauthorizationRequest,
) -> Keyed<DecidePreauthorizationResponse> {
    let (payer, person) = (call.caller.payer()?, call.caller.person_or_client()?);
    let id = id(&request.preauthorization_id)?;
    let mut v = Violations::default();
    let decisions = parse(&mut v, &request.lines);
    let from = v.optional("validFrom", request.valid_from.as_str(), parse_date);
    let to = v.optional("validTo", request.valid_to.as_str(), parse_date);
    let (decisions, from, to) = v.all((decisions, from, to))?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let (mut case, it) = PreauthorizationDraft::lock(app, &mut tx, id, payer, Amending::default()).await?;
    call.check_version(it.version)?;
    it.may_be_decided()?;
    if case.care.facts.visit.is_disputed() {
        return Err(PreauthorizationRefusal::VisitDisputed.into());
    }
    let validity = validity(&case, &it, (from, to), now)?;
    for (line, review) in reviews(&it, &case.lines, &decisions, it.currency)? {
        if let Some(line) = case.line_mut(line) {
            line.decision = Some(Decision { review, by: person, at: now });
        }
    }
    case.adjudicate(&it);
    let rulings = rulings(&case, &it, &decisions);
    let mut it = it.decide(now, &rulings, validity, person)?;
    case.save(app, &mut tx, &mut it).await?;
    events::concluded(&mut tx, &it);
    events::note(&mut tx, call, "preauthorization.decide", &it);
    tx.commit(DecidePreauthorizationResponse {
        lines: view::lines(&it, &case.lines, &case.taken),
        preauthorization: Some(view::preauthorization(&it)),
    })
    .await
}

/// The days as given; else those of the decision before, else the usual ones.
fn validity(
    case: &PreauthorizationDraft,
    preauthorization: &Preauthorization,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    now: DateTime<Utc>,
) -> Result<Validity, Violations> {
    let usual = preauthorization.validity.unwrap_or_else(|| case.usual_validity(now));
    let validity = Validity { from: from.unwrap_or(usual.from), to: to.unwrap_or(usual.to) };
    let longest = validity.from.checked_add_days(Days::new(Validity::LONGEST_DAYS)).unwrap_or(NaiveDate::MAX);
    let mut v = Violations::default();
    v.check("validTo", validity.from <= validity.to, "must not be before the first day");
    v.check("validTo", validity.to < longest, "must be within a year of the first day");
    v.finish()?;
    Ok(validity)
}

/// What becomes of the lines: the reviewer's word, and where the plan pays less than that, the plan's.
fn rulings(
    case: &PreauthorizationDraft,
    preauthorization: &Preauthorization,
    decisions: &[LineDecision],
) -> Vec<Ruling> {
    let ruling = |line: &ServiceLine| {
        let decision = decisions.iter().find(|decision| decision.sequence == line.position)?;
        let review = &line.decision.as_ref()?.review;
        let determination =
            line.settled.as_ref().map_or(Determination::Rejected, |settled| settled.determination);
        let outcome = match (review, determination) {
            (Review::Reject { .. }, _) | (_, Determination::Rejected) => Outcome::Rejected,
            (Review::Accept, Determination::Approved) => Outcome::Approved,
            _ => Outcome::Adjusted,
        };
        Some(Ruling { sequence: line.position, outcome, days: decision.days })
    };
    let waits = |id: Uuid| preauthorization.pending().any(|pending| pending.id == id);
    case.lines.iter().filter(|line| waits(line.id)).filter_map(ruling).collect()
}

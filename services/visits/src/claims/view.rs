//! Claims as the contract shows them.

use careway_contract::visits::v1::{self as proto, claim, claim_line_decision::Decision as DecisionProto};
use careway_kernel::{ClaimId, Currency, Money};
use careway_service::{Result, timestamp, version};
use chrono::{DateTime, Utc};

use super::domain::{Appeal, Claim, ReviewReason, State};
use crate::{
    adjudication::input::Review,
    seal::{Column, Keys},
    service_lines::{
        domain::{Decision, ServiceLine, requested::RequestedLine},
        view::{amounts, refusal, trace_step},
    },
};

/// A claim without its lines and texts: as it stands in lists, and in answers to what left its lines alone.
pub(crate) fn listed(claim: &Claim) -> proto::Claim {
    let visit = &claim.visit;
    let id = |id: Option<ClaimId>| id.map(|id| id.to_string()).unwrap_or_default();
    let payment = claim.payment.as_ref();
    proto::Claim {
        claim_id: claim.id.to_string(),
        number: claim.number.clone(),
        state: state(claim.state).into(),
        version: version(claim.version),
        frozen: visit.disputed,
        facility_id: visit.facility.to_string(),
        payer_id: visit.payer.to_string(),
        visit_id: visit.id.to_string(),
        visit_number: visit.number.clone(),
        service_date: visit.service_date.to_string(),
        service_type: visit.service_type.to_string(),
        external_reference: claim.external_reference.clone().unwrap_or_default(),
        currency: claim.currency.code().to_owned(),
        amounts: claim.amounts.as_ref().map(|sums| amounts(claim.currency, sums)),
        lines: Vec::new(),
        document_ids: Vec::new(),
        submit_by: if claim.state == State::Draft { claim.submit_by.to_string() } else { String::new() },
        submitted_at: optional(claim.submitted_at),
        review_reasons: claim.review_reasons.iter().map(|reason| reason.as_str().to_owned()).collect(),
        decided_at: optional(claim.decided_at),
        recalled_at: optional(claim.recall.as_ref().map(|recall| recall.at)),
        recall_reason: claim.recall.as_ref().map(|recall| recall.reason.clone()).unwrap_or_default(),
        appeal_by: appeal_by(claim),
        appeal: claim.appeal.as_ref().map(|appeal| proto::ClaimAppeal {
            at: Some(timestamp(appeal.at)),
            answered_at: optional(appeal.answer.as_ref().map(|answer| answer.at)),
            ..Default::default()
        }),
        resubmits_claim_id: id(claim.chain.resubmits),
        resubmitted_as_claim_id: id(claim.chain.resubmitted_as),
        resubmission: claim.chain.resubmission,
        advised: if claim.advised > 0 { amount(claim.advised, claim.currency) } else { String::new() },
        payment_advice_id: claim.advice.map(|id| id.to_string()).unwrap_or_default(),
        payment_reference: payment.map(|payment| payment.reference.clone()).unwrap_or_default(),
        paid_on: payment.map(|payment| payment.paid_on.to_string()).unwrap_or_default(),
        created_at: Some(timestamp(claim.created_at)),
        corrects_claim_id: id(claim.chain.corrects.map(|former| former.claim)),
        corrected_as_claim_id: id(claim.chain.corrected_as),
        corrected_at: optional(claim.correction.as_ref().map(|it| it.at)),
        correction_reason: claim.correction.as_ref().map(|it| it.reason.clone()).unwrap_or_default(),
    }
}

/// A claim with its lines and texts.
pub(crate) fn whole(keys: &Keys, claim: &Claim, lines: &[ClaimLines]) -> Result<proto::Claim> {
    let appeal = claim.appeal.as_ref().map(|appeal| opened(keys, claim, appeal)).transpose()?;
    Ok(proto::Claim {
        lines: lines.iter().map(|line| self::line(line, claim.currency)).collect(),
        document_ids: claim.documents.iter().map(ToString::to_string).collect(),
        appeal,
        ..listed(claim)
    })
}

/// A line as it stands, and those whose place it took, the oldest first.
pub(crate) struct ClaimLines {
    pub(crate) current: ServiceLine,
    pub(crate) former: Vec<ServiceLine>,
}

impl From<ServiceLine> for ClaimLines {
    fn from(current: ServiceLine) -> Self {
        Self { current, former: Vec::new() }
    }
}

/// Lines by their places, each with those that it took the place of.
pub(crate) fn by_position(lines: Vec<ServiceLine>) -> Vec<ClaimLines> {
    let (current, mut former): (Vec<ServiceLine>, Vec<ServiceLine>) =
        lines.into_iter().partition(|line| line.replaced_by.is_none());
    let with_former = |current: ServiceLine| {
        let (theirs, others) = former.drain(..).partition(|line| line.position == current.position);
        former = others;
        ClaimLines { former: theirs, current }
    };
    current.into_iter().map(with_former).collect()
}

/// A line, with every decision that was ever made of it.
pub(crate) fn line(claim_lines: &ClaimLines, currency: Currency) -> proto::ClaimLine {
    let ClaimLines { current, former } = claim_lines;
    let settled = current.settled.as_ref();
    let mut reviews: Vec<proto::ClaimLineReview> = Vec::new();
    for line in former.iter().chain([current]) {
        // What was decided of a line stands on whatever takes its place, until it is decided anew.
        let review = line.decision.as_ref().map(|decision| self::review(line, decision, currency));
        reviews.extend(review.filter(|review| reviews.last() != Some(review)));
    }
    proto::ClaimLine {
        line: current.position.into(),
        claimed: Some(asked(&current.asked, currency)),
        tariff_price: settled
            .and_then(|it| it.tariff_price)
            .map(|price| amount(price, currency))
            .unwrap_or_default(),
        amounts: settled.map(|it| amounts(currency, &it.amounts)),
        refusals: settled.map(|it| it.refusals.iter().map(refusal).collect()).unwrap_or_default(),
        trace: settled
            .map(|it| it.trace.iter().map(|step| trace_step(currency, step)).collect())
            .unwrap_or_default(),
        reviews,
    }
}

/// A line as it was claimed.
fn asked(requested_line: &RequestedLine, currency: Currency) -> proto::CareLineInput {
    proto::CareLineInput {
        code: requested_line.code.clone(),
        quantity: requested_line.quantity.to_string(),
        unit_price: requested_line.unit_price.map(|price| amount(price, currency)).unwrap_or_default(),
        diagnoses: requested_line.diagnoses.iter().map(|diagnosis| diagnosis.as_str().to_owned()).collect(),
        date: requested_line.date.to_string(),
        preauthorization_number: requested_line.preauthorization.clone().unwrap_or_default(),
        currency: currency.code().to_owned(),
    }
}

/// An amount in minor units as a decimal.
pub(crate) fn amount(minor: i64, currency: Currency) -> String {
    Money::new(currency, minor).amount()
}

fn review(line: &ServiceLine, decided: &Decision, currency: Currency) -> proto::ClaimLineReview {
    let mut decision = proto::ClaimLineDecision { line: line.position.into(), ..Default::default() };
    match &decided.review {
        Review::Accept => decision.set_decision(DecisionProto::Accept),
        Review::Reject { refusal, text } => {
            decision.set_decision(DecisionProto::Reject);
            refusal.code().clone_into(&mut decision.reason_code);
            text.clone_into(&mut decision.text);
        }
        Review::Adjust { quantity, unit_price, reason } => {
            decision.set_decision(DecisionProto::Adjust);
            reason.clone_into(&mut decision.text);
            decision.quantity = quantity.map(|quantity| quantity.to_string()).unwrap_or_default();
            decision.unit_price = unit_price.map(|price| amount(price, currency)).unwrap_or_default();
        }
    }
    proto::ClaimLineReview {
        decision: Some(decision),
        at: Some(timestamp(decided.at)),
        reviewer_id: decided.by.to_string(),
    }
}

fn opened(keys: &Keys, claim: &Claim, appeal: &Appeal) -> Result<proto::ClaimAppeal> {
    let text = |column, sealed: &[u8]| {
        keys.open(column, claim.id, sealed).map(|text| String::from_utf8_lossy(&text).into_owned())
    };
    let answer = appeal.answer.as_ref();
    Ok(proto::ClaimAppeal {
        reason: text(Column::ClaimAppeal, &appeal.sealed_reason)?,
        document_ids: appeal.documents.iter().map(ToString::to_string).collect(),
        at: Some(timestamp(appeal.at)),
        answer: answer
            .map(|answer| text(Column::ClaimAppealAnswer, &answer.sealed_text))
            .transpose()?
            .unwrap_or_default(),
        answered_at: optional(answer.map(|answer| answer.at)),
    })
}

fn optional(at: Option<DateTime<Utc>>) -> Option<prost_types::Timestamp> {
    at.map(timestamp)
}

/// While it may be appealed at all.
fn appeal_by(claim: &Claim) -> String {
    let open = matches!(
        claim.state,
        State::Approved | State::PartiallyApproved | State::Rejected | State::InPayment | State::Paid
    );
    let free = claim.appeal.is_none() && claim.chain.resubmitted_as.is_none();
    claim.appeal_by.filter(|_| open && free).map(|day| day.to_string()).unwrap_or_default()
}

pub(crate) fn state(state: State) -> claim::State {
    match state {
        State::Draft => claim::State::Draft,
        State::Submitted => claim::State::Submitted,
        State::InReview => claim::State::InReview,
        State::Approved => claim::State::Approved,
        State::PartiallyApproved => claim::State::PartiallyApproved,
        State::Rejected => claim::State::Rejected,
        State::InPayment => claim::State::InPayment,
        State::Paid => claim::State::Paid,
        State::Recalled => claim::State::Recalled,
        State::Appealed => claim::State::Appealed,
        State::Upheld => claim::State::Upheld,
        State::Overturned => claim::State::Overturned,
        State::Corrected => claim::State::Corrected,
        State::Voided => claim::State::Voided,
    }
}

/// The state asked for in a filter.
pub(crate) fn parse_state(asked: claim::State) -> Option<State> {
    State::ALL.into_iter().find(|known| state(*known) == asked)
}

/// Why a reviewer has to decide, as the contract writes it.
pub(crate) fn reasons(reasons: &[ReviewReason]) -> Vec<String> {
    reasons.iter().map(|reason| reason.as_str().to_owned()).collect()
}

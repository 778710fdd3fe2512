//! Pre-authorizations as the contract shows them.

use careway_contract::visits::v1::{
    self as proto,
    preauthorization::{self as wire, Party},
    preauthorization_line as wire_line,
};
use careway_kernel::{Currency, Money, PreauthorizationId};
use careway_service::{Result, timestamp, version};
use uuid::Uuid;

use super::{
    domain::{
        Preauthorization, State, Urgency,
        line::{Change, Need, Outcome, PreauthorizationLine},
    },
    store::question::Question,
};
use crate::{
    adjudication::{input::Review, quantity::Quantity},
    seal::{Column, Keys},
    service_lines::{self, domain::ServiceLine},
};

/// A pre-authorization, with nothing clinical.
pub(crate) fn preauthorization(preauthorization: &Preauthorization) -> proto::Preauthorization {
    let optional = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(timestamp);
    proto::Preauthorization {
        preauthorization_id: preauthorization.id.to_string(),
        number: preauthorization.number.clone(),
        state: state(preauthorization.state).into(),
        version: version(preauthorization.version),
        visit_id: preauthorization.visit.to_string(),
        visit_number: preauthorization.visit_number.clone(),
        facility_id: preauthorization.facility.to_string(),
        payer_id: preauthorization.payer.to_string(),
        member_id: preauthorization.member.to_string(),
        service_type: preauthorization.service_type.to_string(),
        urgency: urgency(preauthorization.urgency).into(),
        currency: preauthorization.currency.to_string(),
        created_at: Some(timestamp(preauthorization.created_at)),
        submitted_at: optional(preauthorization.submitted_at),
        waits_for: waits_for(preauthorization.state).into(),
        due_at: optional(preauthorization.deadline.map(|deadline| deadline.due_at)),
        escalated_at: optional(preauthorization.escalated_at),
        decided_at: optional(preauthorization.decision.map(|decision| decision.at)),
        automatic: preauthorization.decision.is_some_and(|decision| decision.by.is_none()),
        valid_from: preauthorization.validity.map(|validity| validity.from.to_string()).unwrap_or_default(),
        valid_to: preauthorization.validity.map(|validity| validity.to.to_string()).unwrap_or_default(),
        total: preauthorization
            .totals
            .map(|totals| service_lines::view::amounts(preauthorization.currency, &totals)),
        cancelled_at: optional(preauthorization.cancellation.as_ref().map(|cancellation| cancellation.at)),
        cancel_reason: preauthorization.cancellation.as_ref().map(|it| it.reason.clone()).unwrap_or_default(),
    }
}

/// The lines in their sequence; `taken` are the thousandths of each that claims have taken.
pub(crate) fn lines(
    preauthorization: &Preauthorization,
    care: &[ServiceLine],
    taken: &[(Uuid, i64)],
) -> Vec<proto::PreauthorizationLine> {
    let shown = preauthorization.lines.iter().filter_map(|line| {
        let care = care.iter().find(|care| care.id == line.id)?;
        let taken = taken.iter().find(|(id, _)| *id == line.id).map_or(0, |(_, taken)| *taken);
        Some(self::line(line, care, taken, preauthorization.currency))
    });
    shown.collect()
}

fn line(
    line: &PreauthorizationLine,
    care: &ServiceLine,
    taken: i64,
    currency: Currency,
) -> proto::PreauthorizationLine {
    let (asked, settled) = (&care.asked, care.settled.as_ref());
    let money = |minor: i64| Money::new(currency, minor).amount();
    let price = asked.unit_price.or(settled.and_then(|it| it.tariff_price));
    let approved = settled.filter(|_| line.is_approved());
    proto::PreauthorizationLine {
        sequence: line.sequence.into(),
        line_id: line.id.to_string(),
        change: change(line.change).into(),
        code: asked.code.clone(),
        benefit: settled
            .and_then(|it| it.benefit.as_ref())
            .map(|code| code.as_str().to_owned())
            .unwrap_or_default(),
        quantity: asked.quantity.to_string(),
        unit_price: price.map(money).unwrap_or_default(),
        diagnoses: asked.diagnoses.iter().map(|code| code.as_str().to_owned()).collect(),
        date: asked.date.to_string(),
        needed: line.need.is_some_and(Need::is_needed),
        because: line.need.map(|need| need.words(currency)).unwrap_or_default(),
        outcome: outcome(line.outcome).into(),
        approved_quantity: approved
            .and_then(|it| it.quantity)
            .map(|quantity| quantity.to_string())
            .unwrap_or_default(),
        approved_unit_price: approved
            .and_then(|it| approved_price(care, price, it.tariff_price))
            .map(money)
            .unwrap_or_default(),
        approved_days: line.days.map(i32::from).unwrap_or_default(),
        used_quantity: Quantity::from_thousandths(taken).map_or_else(|| "0".to_owned(), |it| it.to_string()),
        amounts: settled.map(|it| service_lines::view::amounts(currency, &it.amounts)),
        trace: settled
            .map(|it| it.trace.iter().map(|step| service_lines::view::trace_step(currency, step)).collect())
            .unwrap_or_default(),
        refusals: settled
            .map(|it| it.refusals.iter().map(service_lines::view::refusal).collect())
            .unwrap_or_default(),
    }
}

/// A reviewer's price stands in place of the tariff's; nobody is paid more than they ask.
fn approved_price(care: &ServiceLine, asked: Option<i64>, tariff: Option<i64>) -> Option<i64> {
    let reviewed = match care.decision.as_ref().map(|decision| &decision.review) {
        Some(Review::Adjust { unit_price, .. }) => *unit_price,
        _ => None,
    };
    let most = reviewed.or(tariff);
    asked.map(|asked| most.map_or(asked, |most| asked.min(most)))
}

/// Why the care is needed, opened for somebody who may read it.
pub(crate) fn justification(keys: &Keys, preauthorization: &Preauthorization) -> Result<String> {
    text(keys, Column::Justification, preauthorization.id, &preauthorization.sealed_justification)
}

/// A question and its answer, opened for somebody who may read them.
pub(crate) fn question(
    keys: &Keys,
    of: PreauthorizationId,
    question: &Question,
) -> Result<proto::PreauthorizationQuestion> {
    let answer = question.sealed_answer.as_deref().map(|sealed| text(keys, Column::Answer, of, sealed));
    Ok(proto::PreauthorizationQuestion {
        number: question.number,
        question: text(keys, Column::Question, of, &question.sealed_question)?,
        documents: question.documents.clone(),
        asked_at: Some(timestamp(question.asked_at)),
        due_at: Some(timestamp(question.due_at)),
        answer: answer.transpose()?.unwrap_or_default(),
        document_ids: question.document_ids.iter().map(ToString::to_string).collect(),
        answered_at: question.answered_at.map(timestamp),
    })
}

fn text(keys: &Keys, column: Column, of: PreauthorizationId, sealed: &[u8]) -> Result<String> {
    keys.open(column, of, sealed).map(|text| String::from_utf8_lossy(&text).into_owned())
}

/// A state over the wire.
pub(crate) fn state(state: State) -> wire::State {
    match state {
        State::Draft => wire::State::Draft,
        State::Submitted => wire::State::Submitted,
        State::NotRequired => wire::State::NotRequired,
        State::Approved => wire::State::Approved,
        State::PartiallyApproved => wire::State::PartiallyApproved,
        State::Rejected => wire::State::Rejected,
        State::Pended => wire::State::Pended,
        State::InformationRequested => wire::State::InformationRequested,
        State::Used => wire::State::Used,
        State::Expired => wire::State::Expired,
        State::Cancelled => wire::State::Cancelled,
    }
}

/// The state asked for in a filter.
pub(crate) fn parse_state(wanted: wire::State) -> Option<State> {
    State::ALL.into_iter().find(|it| state(*it) == wanted)
}

fn urgency(urgency: Urgency) -> wire::Urgency {
    match urgency {
        Urgency::Standard => wire::Urgency::Standard,
        Urgency::Urgent => wire::Urgency::Urgent,
    }
}

/// The urgency given in a request; none when none was.
pub(crate) fn parse_urgency(wanted: wire::Urgency) -> Option<Urgency> {
    Urgency::ALL.into_iter().find(|it| urgency(*it) == wanted)
}

fn waits_for(state: State) -> Party {
    match state {
        State::Pended => Party::Payer,
        State::InformationRequested => Party::Facility,
        _ => Party::Unspecified,
    }
}

fn change(change: Change) -> wire_line::Change {
    match change {
        Change::Unchanged => wire_line::Change::Unchanged,
        Change::Added => wire_line::Change::Added,
        Change::Changed => wire_line::Change::Changed,
        Change::Cancelled => wire_line::Change::Cancelled,
    }
}

fn outcome(outcome: Outcome) -> wire_line::Outcome {
    match outcome {
        Outcome::Pending => wire_line::Outcome::Pending,
        Outcome::NotRequired => wire_line::Outcome::NotRequired,
        Outcome::Approved => wire_line::Outcome::Approved,
        Outcome::Adjusted => wire_line::Outcome::Adjusted,
        Outcome::Rejected => wire_line::Outcome::Rejected,
        Outcome::Withdrawn => wire_line::Outcome::Withdrawn,
    }
}

//! Data issues as the contract shows them.

use careway_contract::renewals::v1::{
    self as proto,
    data_issue::{Field, State},
    resolve_data_issue_request::Outcome as OutcomeMessage,
};
use careway_service::{timestamp, version};

use super::{
    domain::{IssueField, IssueState, Outcome},
    store::ShownIssue,
};

pub(crate) fn data_issue(shown: &ShownIssue) -> proto::DataIssue {
    let ShownIssue { issue, bhxh_number, full_name } = shown;
    proto::DataIssue {
        data_issue_id: issue.id.to_string(),
        participant_id: issue.participant.to_string(),
        bhxh_number: bhxh_number.clone(),
        full_name: full_name.as_str().to_owned(),
        authority_id: issue.authority.to_string(),
        agency_id: issue.agency.to_string(),
        field: field(issue.field).into(),
        note: issue.note.expose().to_owned(),
        state: state(issue.state).into(),
        answer: issue.answer.as_ref().map(|answer| answer.expose().to_owned()).unwrap_or_default(),
        reported_at: Some(timestamp(issue.reported_at)),
        resolved_at: issue.resolved.as_ref().map(|resolved| timestamp(resolved.at)),
        version: version(issue.version),
    }
}

fn field(field: IssueField) -> Field {
    match field {
        IssueField::BhxhNumber => Field::BhxhNumber,
        IssueField::CardCode => Field::CardCode,
        IssueField::CitizenId => Field::CitizenId,
        IssueField::FullName => Field::FullName,
        IssueField::Birth => Field::Birth,
        IssueField::Address => Field::Address,
        IssueField::Household => Field::Household,
        IssueField::CardPeriod => Field::CardPeriod,
        IssueField::Agency => Field::Agency,
        IssueField::Other => Field::Other,
    }
}

/// A field that was given.
pub(crate) fn parse_field(given: Field) -> Option<IssueField> {
    IssueField::ALL.into_iter().find(|known| field(*known) == given)
}

fn state(state: IssueState) -> State {
    match state {
        IssueState::Open => State::Open,
        IssueState::Corrected => State::Corrected,
        IssueState::AsItIs => State::AsItIs,
    }
}

/// A state that was given.
pub(crate) fn parse_state(given: State) -> Option<IssueState> {
    IssueState::ALL.into_iter().find(|known| state(*known) == given)
}

pub(crate) fn parse_outcome(outcome: OutcomeMessage) -> Option<Outcome> {
    match outcome {
        OutcomeMessage::Unspecified => None,
        OutcomeMessage::Corrected => Some(Outcome::Corrected),
        OutcomeMessage::AsItIs => Some(Outcome::AsItIs),
    }
}

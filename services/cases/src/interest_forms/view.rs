//! An interest form as the contract shows it.

use careway_contract::{
    cases::v1::{
        self, PartnerCode, accept_interest_form_request::Kind, interest_form::State as StateMessage,
        partner_code,
    },
    identity::v1::{OrganizationCode, organization, organization_code},
};
use careway_service::timestamp;

use super::domain::{InterestForm, State};

pub(super) fn interest_form(form: &InterestForm) -> v1::InterestForm {
    let content = &form.content;
    v1::InterestForm {
        interest_form_id: form.id.to_string(),
        state: state(form.state).into(),
        organization_name: content.organization_name.as_str().to_owned(),
        country: content.country.to_string(),
        contact_name: content.contact_name.as_str().to_owned(),
        email: content.email.as_str().to_owned(),
        website: content.website.clone(),
        message: content.message.clone(),
        language: form.language.as_str().to_owned(),
        submitted_at: Some(timestamp(form.submitted_at)),
        decided_at: form.decided.as_ref().map(|decided| timestamp(decided.at)),
        organization_id: form.organization.map(|id| id.to_string()).unwrap_or_default(),
        reason: form.reason.as_ref().map(|reason| reason.expose().to_owned()).unwrap_or_default(),
    }
}

/// What nobody confirmed is shown to nobody.
fn state(state: State) -> StateMessage {
    match state {
        State::Unconfirmed => StateMessage::Unspecified,
        State::Submitted => StateMessage::Submitted,
        State::Accepted => StateMessage::Accepted,
        State::Declined => StateMessage::Declined,
    }
}

/// A state that was given.
pub(super) fn parse_state(given: StateMessage) -> Option<State> {
    match given {
        StateMessage::Unspecified => None,
        StateMessage::Submitted => Some(State::Submitted),
        StateMessage::Accepted => Some(State::Accepted),
        StateMessage::Declined => Some(State::Declined),
    }
}

/// What the organization is to be, as identity calls it.
pub(super) fn parse_kind(given: Kind) -> Option<organization::Kind> {
    match given {
        Kind::Unspecified => None,
        Kind::Partner => Some(organization::Kind::Partner),
        Kind::Channel => Some(organization::Kind::Channel),
    }
}

/// A code, as identity calls it.
pub(super) fn code(code: &PartnerCode) -> OrganizationCode {
    let kind = match code.kind() {
        partner_code::Kind::Unspecified => organization_code::Kind::Unspecified,
        partner_code::Kind::Facility => organization_code::Kind::Facility,
        partner_code::Kind::Agency => organization_code::Kind::Agency,
        partner_code::Kind::Merchant => organization_code::Kind::Merchant,
        partner_code::Kind::Payer => organization_code::Kind::Payer,
    };
    OrganizationCode { kind: kind.into(), value: code.value.clone() }
}

//! What interest forms say. They are the platform's: no other organization is told.

use careway_contract::cases::v1::{InterestAccepted, InterestDeclined, InterestSubmitted};
use careway_events::{Fact, record};
use careway_kernel::OrganizationId;
use careway_service::Transaction;

use super::domain::InterestForm;

/// Says that a writer confirmed the address.
pub(super) fn interest_submitted(tx: &mut Transaction, form: &InterestForm) {
    let fact = InterestSubmitted { interest_form_id: form.id.to_string() };
    record(tx, Fact::new(fact).about(form.id.uuid(), form.version));
}

/// Says that a form became an organization, by a lead of the platform's.
pub(super) fn interest_accepted(
    tx: &mut Transaction,
    form: &InterestForm,
    organization: OrganizationId,
    platform: OrganizationId,
) {
    let fact =
        InterestAccepted { interest_form_id: form.id.to_string(), organization_id: organization.to_string() };
    record(tx, Fact::new(fact).about(form.id.uuid(), form.version).of(platform));
}

/// Says that a form was declined, by a lead of the platform's.
pub(super) fn interest_declined(tx: &mut Transaction, form: &InterestForm, platform: OrganizationId) {
    let fact = InterestDeclined { interest_form_id: form.id.to_string() };
    record(tx, Fact::new(fact).about(form.id.uuid(), form.version).of(platform));
}

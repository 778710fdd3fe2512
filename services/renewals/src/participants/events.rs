//! What participants say.

use careway_contract::renewals::v1::ContactChanged;
use careway_events::{Fact, record};
use careway_service::Transaction;

use super::domain::{Participant, change::FieldChange};

/// Says which contacts an agent changed; nothing where only a result or a note differs.
pub(crate) fn contact_changed(tx: &mut Transaction, participant: &Participant, changes: &[FieldChange]) {
    let contacts = changes.iter().map(|change| change.field).filter(|field| field.is_contact());
    let changed: Vec<_> = contacts.map(|field| field.as_str().to_owned()).collect();
    if changed.is_empty() {
        return;
    }
    let fact = ContactChanged {
        participant_id: participant.id.to_string(),
        authority_id: participant.authority.to_string(),
        agency_id: participant.agency.to_string(),
        changed,
    };
    record(
        tx,
        Fact::new(fact)
            .about(participant.id.uuid(), participant.version)
            .of(participant.authority)
            .also(participant.agency),
    );
}

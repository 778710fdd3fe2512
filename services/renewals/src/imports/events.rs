//! What imports say: a list was taken.

use careway_contract::renewals::v1::ParticipantsImported;
use careway_events::{Fact, record};
use careway_service::Transaction;

use super::domain::Import;

/// Says that a list was taken to its end.
pub(super) fn record_imported(tx: &mut Transaction, import: &Import) {
    let fact = ParticipantsImported {
        import_id: import.id.to_string(),
        authority_id: import.authority.to_string(),
        kind: import.kind.as_str().to_owned(),
        created: import.counts.created,
        updated: import.counts.updated,
    };
    record(tx, Fact::new(fact).about(import.id.uuid(), 1).of(import.authority));
}

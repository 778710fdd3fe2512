//! What digests of contacts say.

use careway_contract::renewals::v1::ContactsSuspected;
use careway_events::{Fact, record};
use careway_kernel::OrganizationId;
use careway_service::Transaction;

use super::store::NewDigest;

/// Contacts of an agency's participants seem wrong: those who may correct them are told.
pub(super) fn record_suspected(tx: &mut Transaction, digest: &NewDigest) {
    let (contact_digest_id, agency_id) = (digest.contact_digest_id.to_string(), digest.agency_id.to_string());
    let fact = Fact::new(ContactsSuspected { contact_digest_id, agency_id });
    record(tx, fact.about(digest.contact_digest_id, 1).of(OrganizationId::from_uuid(digest.agency_id)));
}

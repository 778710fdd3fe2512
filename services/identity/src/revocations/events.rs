//! What is said when a session ends.

use careway_contract::identity::v1::{SessionEnded, session_ended::Reason};
use careway_events::{Fact, record};
use careway_service::Transaction;

use super::domain::Ended;

/// Says that a session ended, with the change that ended it.
pub(crate) fn record_ended(tx: &mut Transaction, ended: Ended) {
    let said = SessionEnded {
        session_id: ended.session.to_string(),
        account_id: ended.account.to_string(),
        organization_id: ended.organization.to_string(),
        reason: Reason::from_str_name(ended.reason.as_str()).unwrap_or_default().into(),
    };
    record(tx, Fact::new(said).about(ended.session.uuid(), 1).of(ended.organization));
}

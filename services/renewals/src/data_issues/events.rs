//! What data issues say.

use careway_contract::renewals::v1::DataIssueReported;
use careway_events::{Fact, record};
use careway_service::Transaction;

use super::domain::DataIssue;

/// Says that an agent found a fault: those at the authority who answer are told.
pub(crate) fn data_issue_reported(tx: &mut Transaction, issue: &DataIssue) {
    let fact = DataIssueReported {
        data_issue_id: issue.id.to_string(),
        authority_id: issue.authority.to_string(),
        agency_id: issue.agency.to_string(),
        participant_id: issue.participant.to_string(),
    };
    record(tx, Fact::new(fact).about(issue.id.uuid(), issue.version).of(issue.authority).also(issue.agency));
}

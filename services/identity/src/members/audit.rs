//! Audit rows of lists: whoever is shown stands in the access log, not only that somebody listed.

use careway_service::{AuditEntry, Transaction};

use super::domain::Summary;

/// Notes an access to each of the members shown; all rows go with the commit, in one statement. A list that shows nobody
/// is noted as well: it says that nobody is known by what was searched for.
pub(super) fn audit_shown(tx: &mut Transaction, action: &'static str, shown: &[Summary]) {
    if shown.is_empty() {
        tx.audit(AuditEntry { action, ..AuditEntry::default() });
    }
    for member in shown {
        tx.audit(AuditEntry { action, member: Some(member.id), ..AuditEntry::default() });
    }
}

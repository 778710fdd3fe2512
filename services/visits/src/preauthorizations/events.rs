//! What the other contexts, and the member's access log, are told of a pre-authorization.

use careway_contract::visits::v1::{
    PreauthorizationAmended, PreauthorizationAnswerMissed, PreauthorizationAnswered,
    PreauthorizationCancelled, PreauthorizationDecided, PreauthorizationDue, PreauthorizationExpired,
    PreauthorizationInformationRequested, PreauthorizationOverdue, PreauthorizationPended,
    PreauthorizationReopened, PreauthorizationRequested, PreauthorizationUsed,
};
use careway_events::{Fact, record};
use careway_service::{AuditEntry, Call, Transaction, timestamp};

use super::domain::{Preauthorization, State};
use crate::audit;

/// A fact about a pre-authorization: whose it is, and what more is said.
macro_rules! fact {
    ($it:expr, $event:ident { $($field:ident: $value:expr),* $(,)? }) => {
        Fact::new($event {
            preauthorization_id: $it.id.to_string(),
            visit_id: $it.visit.to_string(),
            facility_id: $it.facility.to_string(),
            payer_id: $it.payer.to_string(),
            member_id: $it.member.to_string(),
            $($field: $value,)*
        })
    };
}

/// It was sent.
pub(crate) fn requested(tx: &mut Transaction, it: &Preauthorization) {
    tell(tx, it, fact!(it, PreauthorizationRequested { urgency: it.urgency.as_str().to_owned() }));
}

/// What became of it in the end, or that it waits for the payer.
pub(crate) fn concluded(tx: &mut Transaction, it: &Preauthorization) {
    let told = match it.state {
        State::Pended => fact!(it, PreauthorizationPended { due_at: due_at(it) }),
        State::Cancelled => fact!(it, PreauthorizationCancelled {}),
        state => fact!(
            it,
            PreauthorizationDecided {
                state: state.as_str().to_owned(),
                automatic: it.decision.is_some_and(|decision| decision.by.is_none()),
            }
        ),
    };
    tell(tx, it, told);
}

/// Lines were added, changed or cancelled.
pub(crate) fn amended(tx: &mut Transaction, it: &Preauthorization) {
    tell(tx, it, fact!(it, PreauthorizationAmended {}));
}

/// The payer asks.
pub(crate) fn asked(tx: &mut Transaction, it: &Preauthorization) {
    tell(tx, it, fact!(it, PreauthorizationInformationRequested { due_at: due_at(it) }));
}

/// The facility answered.
pub(crate) fn answered(tx: &mut Transaction, it: &Preauthorization, late: bool) {
    tell(tx, it, fact!(it, PreauthorizationAnswered { late: late }));
}

/// Nobody answered in time.
pub(crate) fn answer_missed(tx: &mut Transaction, it: &Preauthorization) {
    tell(tx, it, fact!(it, PreauthorizationAnswerMissed {}));
}

/// Somebody must act soon.
pub(crate) fn due(tx: &mut Transaction, it: &Preauthorization) {
    let waits_for = if it.state == State::Pended { "PAYER" } else { "FACILITY" };
    let due = fact!(it, PreauthorizationDue { waits_for: waits_for.to_owned(), due_at: due_at(it) });
    tell(tx, it, due);
}

/// The payer is late.
pub(crate) fn overdue(tx: &mut Transaction, it: &Preauthorization) {
    tell(tx, it, fact!(it, PreauthorizationOverdue { due_at: due_at(it) }));
}

/// Its last day has passed.
pub(crate) fn expired(tx: &mut Transaction, it: &Preauthorization) {
    tell(tx, it, fact!(it, PreauthorizationExpired {}));
}

/// Claims have used it up, or gave back of it.
pub(crate) fn used(tx: &mut Transaction, it: &Preauthorization) {
    let told = match it.state {
        State::Used => fact!(it, PreauthorizationUsed {}),
        _ => fact!(it, PreauthorizationReopened {}),
    };
    tell(tx, it, told);
}

/// Notes for the member who did what.
pub(crate) fn note(tx: &mut Transaction, call: &Call, action: &'static str, it: &Preauthorization) {
    let (member, visit) = (Some(it.member), Some(it.visit));
    audit::note(tx, call, AuditEntry { action, member, visit, ..Default::default() });
}

fn due_at(it: &Preauthorization) -> Option<prost_types::Timestamp> {
    it.deadline.map(|deadline| timestamp(deadline.due_at))
}

fn tell(tx: &mut Transaction, it: &Preauthorization, fact: Fact) {
    let fact = fact.about(it.id.uuid(), it.version).of(it.facility);
    // A payer never hears of what was not sent.
    record(tx, if it.submitted_at.is_some() { fact.also(it.payer) } else { fact });
}

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
pub(crate) fn requested(tx: &mut Transaction, preauthorization: &Preauthorization) {
    record_change(
        tx,
        preauthorization,
        fact!(
            preauthorization,
            PreauthorizationRequested { urgency: preauthorization.urgency.as_str().to_owned() }
        ),
    );
}

/// What became of it in the end, or that it waits for the payer.
pub(crate) fn concluded(tx: &mut Transaction, preauthorization: &Preauthorization) {
    let told = match preauthorization.state {
        State::Pended => fact!(preauthorization, PreauthorizationPended { due_at: due_at(preauthorization) }),
        State::Cancelled => fact!(preauthorization, PreauthorizationCancelled {}),
        state => fact!(
            preauthorization,
            PreauthorizationDecided {
                state: state.as_str().to_owned(),
                automatic: preauthorization.decision.is_some_and(|decision| decision.by.is_none()),
            }
        ),
    };
    record_change(tx, preauthorization, told);
}

/// Lines were added, changed or cancelled.
pub(crate) fn amended(tx: &mut Transaction, preauthorization: &Preauthorization) {
    record_change(tx, preauthorization, fact!(preauthorization, PreauthorizationAmended {}));
}

/// The payer asks.
pub(crate) fn asked(tx: &mut Transaction, preauthorization: &Preauthorization) {
    record_change(
        tx,
        preauthorization,
        fact!(preauthorization, PreauthorizationInformationRequested { due_at: due_at(preauthorization) }),
    );
}

/// The facility answered.
pub(crate) fn answered(tx: &mut Transaction, preauthorization: &Preauthorization, late: bool) {
    record_change(tx, preauthorization, fact!(preauthorization, PreauthorizationAnswered { late: late }));
}

/// Nobody answered in time.
pub(crate) fn answer_missed(tx: &mut Transaction, preauthorization: &Preauthorization) {
    record_change(tx, preauthorization, fact!(preauthorization, PreauthorizationAnswerMissed {}));
}

/// Somebody must act soon.
pub(crate) fn due(tx: &mut Transaction, preauthorization: &Preauthorization) {
    let waits_for = if preauthorization.state == State::Pended { "PAYER" } else { "FACILITY" };
    let due = fact!(
        preauthorization,
        PreauthorizationDue { waits_for: waits_for.to_owned(), due_at: due_at(preauthorization) }
    );
    record_change(tx, preauthorization, due);
}

/// The payer is late.
pub(crate) fn overdue(tx: &mut Transaction, preauthorization: &Preauthorization) {
    record_change(
        tx,
        preauthorization,
        fact!(preauthorization, PreauthorizationOverdue { due_at: due_at(preauthorization) }),
    );
}

/// Its last day has passed.
pub(crate) fn expired(tx: &mut Transaction, preauthorization: &Preauthorization) {
    record_change(tx, preauthorization, fact!(preauthorization, PreauthorizationExpired {}));
}

/// Claims have used it up, or gave back of it.
pub(crate) fn used(tx: &mut Transaction, preauthorization: &Preauthorization) {
    let told = match preauthorization.state {
        State::Used => fact!(preauthorization, PreauthorizationUsed {}),
        _ => fact!(preauthorization, PreauthorizationReopened {}),
    };
    record_change(tx, preauthorization, told);
}

/// Notes for the member who did what.
pub(crate) fn note(
    tx: &mut Transaction,
    call: &Call,
    action: &'static str,
    preauthorization: &Preauthorization,
) {
    let (member, visit) = (Some(preauthorization.member), Some(preauthorization.visit));
    audit::note(tx, call, AuditEntry { action, member, visit, ..Default::default() });
}

fn due_at(preauthorization: &Preauthorization) -> Option<prost_types::Timestamp> {
    preauthorization.deadline.map(|deadline| timestamp(deadline.due_at))
}

fn record_change(tx: &mut Transaction, preauthorization: &Preauthorization, fact: Fact) {
    let fact = fact.about(preauthorization.id.uuid(), preauthorization.version).of(preauthorization.facility);
    // A payer never hears of what was not sent.
    record(
        tx,
        if preauthorization.submitted_at.is_some() { fact.also(preauthorization.payer) } else { fact },
    );
}

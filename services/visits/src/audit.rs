//! Telling identity who looked: every access to a member's data becomes part of an event, in the commit that notes it.

use careway_contract::visits::v1::{MemberDataAccessed, member_data_accessed::Access};
use careway_events::Fact;
use careway_kernel::id_at;
use careway_service::{AuditEntry, AuditRow, Call, OutgoingEvent, Subject, Transaction, timestamp};
use prost::{Message, Name};

/// Notes an access within a command, and says so.
pub(crate) fn note(tx: &mut Transaction, call: &Call, entry: AuditEntry) {
    note_all(tx, call, vec![entry]);
}

/// Notes many accesses within a command, and says so in one event.
pub(crate) fn note_all(tx: &mut Transaction, call: &Call, entries: Vec<AuditEntry>) {
    let organization = call.caller.organization().ok();
    let at = timestamp(tx.now());
    let access = |entry: &AuditEntry| {
        Some(Access {
            member_id: entry.member?.to_string(),
            organization_id: organization.map(|id| id.to_string()).unwrap_or_default(),
            accessor_id: match call.caller.subject {
                Subject::Account(id) => id.to_string(),
                Subject::Client(id) => id.to_string(),
                _ => String::new(),
            },
            action: entry.action.to_owned(),
            visit_id: entry.visit.map(|id| id.to_string()).unwrap_or_default(),
            at: Some(at),
        })
    };
    let accesses: Vec<Access> = entries.iter().filter_map(access).collect();
    if !accesses.is_empty() {
        let fact = Fact::new(MemberDataAccessed { accesses });
        careway_events::record(
            tx,
            match organization {
                Some(organization) => fact.of(organization),
                None => fact,
            },
        );
    }
    for entry in entries {
        tx.audit(entry);
    }
}

/// What a group of audited reads tells: [`careway_service::AuditLog::start`] is given this.
pub(crate) fn tell(rows: &[AuditRow]) -> Option<OutgoingEvent> {
    let accesses: Vec<Access> = rows.iter().filter_map(access).collect();
    let occurred_at = rows.last()?.at;
    if accesses.is_empty() {
        return None;
    }
    let event_id = id_at(occurred_at);
    Some(OutgoingEvent {
        event_id,
        organization: None,
        also: None,
        aggregate_type: "visits",
        aggregate_id: event_id,
        aggregate_version: 1,
        event_type: MemberDataAccessed::full_name(),
        payload: MemberDataAccessed { accesses }.encode_to_vec().into(),
        occurred_at,
    })
}

fn access(row: &AuditRow) -> Option<Access> {
    let (kind, id) = row.subject.split_once(':').unwrap_or_default();
    Some(Access {
        member_id: row.entry.member?.to_string(),
        organization_id: row.organization.map(|id| id.to_string()).unwrap_or_default(),
        accessor_id: if matches!(kind, "account" | "client") { id.to_owned() } else { String::new() },
        action: row.entry.action.to_owned(),
        visit_id: row.entry.visit.map(|id| id.to_string()).unwrap_or_default(),
        at: Some(timestamp(row.at)),
    })
}

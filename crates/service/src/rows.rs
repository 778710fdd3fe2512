//! What a commit adds beside the command's own rows: events and audit rows, and the calls of the functions that write
//! them.

use std::fmt::Write;

use bytes::Bytes;
use careway_kernel::{MemberId, OrganizationId, VisitId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{call::Call, literal};

/// A fact that is to be published, as the outbox keeps it.
#[derive(Debug, Clone)]
pub struct OutgoingEvent {
    /// Identifies the event for ever; a consumer takes it once.
    pub event_id: Uuid,
    /// Whose fact it is.
    pub organization: Option<OrganizationId>,
    /// The other party to it.
    pub also: Option<OrganizationId>,
    /// The context that says it, like `visits`.
    pub aggregate_type: &'static str,
    /// Which one; events of one aggregate are published in order.
    pub aggregate_id: Uuid,
    /// The aggregate's version after the change.
    pub aggregate_version: i64,
    /// The full protobuf name.
    pub event_type: String,
    /// The encoded message.
    pub payload: Bytes,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
}

/// One access to a member's data, or a command.
#[derive(Debug, Clone, Default)]
pub struct AuditEntry {
    /// What was done, like `benefits.read`; of a command that says nothing closer its RPC, like `PlanService/CreatePlan`.
    pub action: &'static str,
    /// Whose data.
    pub member: Option<MemberId>,
    /// For which visit.
    pub visit: Option<VisitId>,
    /// A word more, never data of the member.
    pub detail: Option<&'static str>,
    /// The id of what it was about, where that is neither; it is kept after the word.
    pub entity: Option<Uuid>,
}

impl AuditEntry {
    /// The word and the id, as they are kept.
    fn words(&self) -> Option<String> {
        let id = self.entity.map(|id| id.to_string());
        let words: Vec<&str> = self.detail.into_iter().chain(id.as_deref()).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}

/// An audit entry with its circumstances, as it is kept.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// When.
    pub at: DateTime<Utc>,
    /// For whom the caller acts.
    pub organization: Option<Uuid>,
    /// The caller.
    pub subject: String,
    /// What.
    pub entry: AuditEntry,
    trace_id: Option<String>,
}

impl AuditRow {
    pub(crate) fn new(call: &Call, entry: AuditEntry, at: DateTime<Utc>) -> Self {
        Self {
            at,
            organization: call.caller.organization.map(|id| id.uuid()),
            subject: call.caller.subject.to_string(),
            entry,
            trace_id: call.trace_id().map(str::to_owned),
        }
    }

    pub(crate) fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }
}

/// Calls of functions that are to be one statement, or a few: Postgres takes 1664 columns.
#[derive(Default)]
pub(crate) struct Calls {
    sql: String,
    count: usize,
}

/// How many calls are one statement.
const TOGETHER: usize = 1000;

impl Calls {
    fn next(&mut self) -> &mut String {
        self.sql.push_str(match self.count % TOGETHER {
            0 if self.count == 0 => "select ",
            0 => ";select ",
            _ => ",",
        });
        self.count += 1;
        &mut self.sql
    }

    pub(crate) fn record_event(&mut self, event: &OutgoingEvent, traceparent: Option<&str>) {
        let _ = write!(
            self.next(),
            "record_event({},{},{},{},{},{},{},{},{},{})",
            literal::uuid(event.event_id),
            literal::optional_uuid(event.organization.map(|id| id.uuid())),
            literal::optional_uuid(event.also.map(|id| id.uuid())),
            literal::text(event.aggregate_type),
            literal::uuid(event.aggregate_id),
            event.aggregate_version,
            literal::text(&event.event_type),
            literal::bytes(&event.payload),
            literal::optional_text(traceparent),
            literal::instant(event.occurred_at),
        );
    }

    pub(crate) fn note_access(&mut self, row: &AuditRow) {
        let _ = write!(
            self.next(),
            "note_access({},{},{},{},{},{},{},{})",
            literal::instant(row.at),
            literal::optional_uuid(row.organization),
            literal::text(&row.subject),
            literal::text(row.entry.action),
            literal::optional_uuid(row.entry.member.map(|id| id.uuid())),
            literal::optional_uuid(row.entry.visit.map(|id| id.uuid())),
            literal::optional_text(row.entry.words().as_deref()),
            literal::optional_text(row.trace_id()),
        );
    }

    pub(crate) fn keep_answer(&mut self, key: &[u8; 32], answer: &[u8]) {
        let _ = write!(self.next(), "keep_answer({},{})", literal::bytes(key), literal::bytes(answer));
    }

    /// The statement, if there is any, and the commit. A transaction that a failed statement aborted is not taken for committed,
    /// although Postgres answers a bare `commit` of it without an error: the select of nothing fails.
    pub(crate) fn commit(mut self) -> String {
        self.sql.push_str(if self.count == 0 { "select;commit" } else { ";commit" });
        self.sql
    }
}

//! A command's transaction: caller, deadline and idempotency key going in; outbox, audit and the kept answer going out
//! with the commit. Two round trips beside the command's own statements.

use std::{
    fmt::Write,
    ops::{Deref, DerefMut},
};

use bytes::Bytes;
use careway_kernel::OrganizationId;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use uuid::Uuid;

use crate::{
    audit::{AuditEntry, AuditRow},
    call::Call,
    database::{ANSWER, Database, row_of, statement_timeout},
    error::{Error, Kind, Result},
    literal,
    pool::{self, Lease},
};

/// A fact that is to be published, as the outbox keeps it.
#[derive(Debug, Clone)]
pub struct OutgoingEvent {
    /// Identifies the event for ever; a consumer takes it once.
    pub event_id: Uuid,
    /// Whose fact it is.
    pub organization: Option<OrganizationId>,
    /// The other party to it.
    pub also: Option<OrganizationId>,
    /// What it is about, like `visit`.
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

/// An open transaction; dropping it rolls back.
pub struct Transaction {
    connection: Lease,
    database: Database,
    key: Option<[u8; 32]>,
    call: Call,
    now: DateTime<Utc>,
    /// With the trace each was recorded in: several reactions may share one transaction.
    events: Vec<(OutgoingEvent, Option<String>)>,
    audits: Vec<AuditRow>,
}

impl Transaction {
    pub(crate) async fn begin(database: &Database, call: &Call) -> Result<Self> {
        let key = call.idempotency_key_hash();
        let batch = begin_batch(call, key.as_ref());
        let connection = loop {
            let mut connection = database.pool().lease(pool::ROLLBACK).await?;
            match connection.execute(sqlx::raw_sql(AssertSqlSafe(batch.clone()))).await {
                Ok(_) => break connection,
                Err(error) => {
                    if let Err(error) = connection.excuse(error) {
                        return Err(key_refusal(database, call, error).await);
                    }
                }
            }
        };
        Ok(Self {
            connection,
            database: database.clone(),
            key,
            call: call.clone(),
            now: database.clock().now(),
            events: Vec::new(),
            audits: Vec::new(),
        })
    }

    /// The instant of this transaction, by the service's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Publishes a fact when, and only when, this transaction commits. Services call `careway_events::record`.
    pub fn record(&mut self, event: OutgoingEvent) {
        let traceparent = crate::telemetry::current_traceparent().or_else(|| self.call.traceparent.clone());
        self.events.push((event, traceparent));
    }

    /// Notes who read or changed a member's data.
    pub fn audit(&mut self, entry: AuditEntry) {
        self.audits.push(AuditRow::new(&self.call, entry, self.now));
    }

    /// Commits, and keeps the answer under the call's key.
    pub async fn commit<R: prost::Message>(mut self, response: R) -> Result<R> {
        let answer = match &self.key {
            Some(key) => {
                Some(self.database.answers().seal(ANSWER, row_of(key), &response.encode_to_vec())?)
            }
            None => None,
        };
        self.close(answer.as_deref()).await?;
        Ok(response)
    }

    /// Commits a reaction or a timer's work, which has no answer.
    pub async fn finish(mut self) -> Result<()> {
        self.close(None).await
    }

    async fn close(&mut self, answer: Option<&[u8]>) -> Result<()> {
        let batch = self.commit_batch(answer);
        self.execute(sqlx::raw_sql(AssertSqlSafe(batch))).await?;
        self.connection.settle();
        if !self.events.is_empty() {
            self.database.recorded().notify_one();
        }
        Ok(())
    }

    /// The functions of the folder `sql`, all in one statement, and the commit.
    fn commit_batch(&self, answer: Option<&[u8]>) -> String {
        let mut last = Calls::default();
        for (event, traceparent) in &self.events {
            last.record_event(event, traceparent.as_deref());
        }
        for row in &self.audits {
            last.note_access(row);
        }
        if let (Some(key), Some(answer)) = (&self.key, answer) {
            last.keep_answer(key, answer);
        }
        last.commit()
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
            "record_event('{}',{},{},{},'{}',{},{},{},{},{})",
            event.event_id,
            literal::optional_uuid(event.organization.map(|id| id.uuid())),
            literal::optional_uuid(event.also.map(|id| id.uuid())),
            literal::text(event.aggregate_type),
            event.aggregate_id,
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
            literal::optional_text(row.entry.detail),
            literal::optional_text(row.trace_id()),
        );
    }

    fn keep_answer(&mut self, key: &[u8; 32], answer: &[u8]) {
        let _ = write!(self.next(), "keep_answer({},{})", literal::bytes(key), literal::bytes(answer));
    }

    /// The statement, if there is any, and the commit.
    pub(crate) fn commit(mut self) -> String {
        self.sql.push_str(if self.count == 0 { "commit" } else { ";commit" });
        self.sql
    }
}

fn begin_batch(call: &Call, key: Option<&[u8; 32]>) -> String {
    let [organization, kind, purpose] = call.caller.settings();
    let (key, fingerprint) = match key {
        Some(key) => {
            let fingerprint = call.fingerprint.as_ref().map_or(&[][..], |it| &it[..]);
            (literal::bytes(key), literal::bytes(fingerprint))
        }
        None => ("null".to_owned(), "null".to_owned()),
    };
    format!(
        "begin;select open_call({},{},{},'{}',{key},{fingerprint})",
        literal::text(&organization),
        literal::text(&kind),
        literal::text(&purpose),
        statement_timeout(call),
    )
}

/// The key's row exists (answered), or is being written by a twin that did not end in time.
async fn key_refusal(database: &Database, call: &Call, error: sqlx::Error) -> Error {
    let Some(refused) = error.as_database_error() else { return error.into() };
    let in_flight = || {
        Error::new(
            Kind::Conflict,
            "IDEMPOTENCY_KEY_IN_USE",
            "The same request is still running; ask again for its answer.",
        )
        .retry_after(std::time::Duration::from_secs(1))
    };
    match (refused.constraint(), refused.code().as_deref()) {
        (Some("idempotency_record_pkey"), _) => match database.replayed(call).await {
            Err(replay) => replay,
            Ok(()) => in_flight(),
        },
        (_, Some("55P03")) => in_flight(),
        _ => error.into(),
    }
}

impl Deref for Transaction {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

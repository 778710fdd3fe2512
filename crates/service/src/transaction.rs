//! A command's transaction: caller, deadline and idempotency key going in; outbox, audit and the kept answer going out
//! with the commit. Two round trips beside the command's own statements.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use bytes::Bytes;
use careway_kernel::OrganizationId;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use tokio::sync::Notify;

use crate::{
    call::Call,
    caller::Subject,
    database::{ANSWER, Database, row_of, statement_timeout},
    error::{Error, Result, SharedReason},
    keyed::{Keyed, Stop},
    literal,
    pool::{self, Lease},
    rows::{AuditEntry, AuditRow, Calls, OutgoingEvent},
};

impl Database {
    /// Opens a transaction for this call, in one round trip. When the call's key was answered before, the operation stops
    /// with that answer, and [`crate::serve`] gives it: so `?` is all an operation needs.
    ///
    /// # Errors
    /// 422 when the key was used with another request, 409 while its twin is running.
    pub async fn begin(&self, call: &Call) -> Keyed<Transaction> {
        match Transaction::begin(self, call, call.idempotency_key_hash()).await? {
            Begun::Fresh(tx) => Ok(tx),
            Begun::Answered(answer) => Err(Stop::Answered(answer)),
        }
    }

    /// Opens a transaction for a part of this call's work, under no key: its answer is not kept.
    pub async fn begin_unkeyed(&self, call: &Call) -> Result<Transaction> {
        match Transaction::begin(self, call, None).await? {
            Begun::Fresh(tx) => Ok(tx),
            Begun::Answered(_) => Err(Error::internal(anyhow::anyhow!("an answer without a key"))),
        }
    }

    /// Opens a transaction as Careway itself for a command whose caller has no rights of its own in it, under no key. The audit log
    /// has it as the caller's.
    pub async fn begin_for(&self, call: &Call, purpose: &'static str) -> Result<Transaction> {
        let mut tx = self.begin_system(purpose).await?;
        tx.actor = Some(call.clone());
        Ok(tx)
    }

    /// Opens a transaction as Careway itself.
    pub async fn begin_system(&self, purpose: &'static str) -> Result<Transaction> {
        self.begin_unkeyed(&Call::system(purpose)).await
    }
}

/// An open transaction; dropping it rolls back.
pub struct Transaction {
    connection: Lease,
    database: Database,
    key: Option<[u8; 32]>,
    call: Call,
    /// Whose command it is, where that is another than the call that may do it.
    actor: Option<Call>,
    now: DateTime<Utc>,
    /// With the trace each was recorded in: several reactions may share one transaction.
    events: Vec<(OutgoingEvent, Option<String>)>,
    audits: Vec<AuditRow>,
    wakes: Vec<Arc<Notify>>,
}

/// What beginning comes to.
#[expect(
    clippy::large_enum_variant,
    reason = "it is taken apart at once; a box would be an allocation a command"
)]
enum Begun {
    /// A transaction in which nothing has happened yet.
    Fresh(Transaction),
    /// The answer that was kept for the key.
    Answered(Bytes),
}

impl Transaction {
    async fn begin(database: &Database, call: &Call, key: Option<[u8; 32]>) -> Result<Begun> {
        let batch = begin_batch(call, key.as_ref());
        let connection = loop {
            let mut connection = database.pool().lease(pool::ROLLBACK).await?;
            match connection.execute(sqlx::raw_sql(AssertSqlSafe(batch.clone()))).await {
                Ok(_) => break connection,
                Err(error) => {
                    if let Err(error) = connection.unless_dead(error) {
                        return answered(database, call, error).await.map(Begun::Answered);
                    }
                }
            }
        };
        Ok(Begun::Fresh(Self {
            connection,
            database: database.clone(),
            key,
            call: call.clone(),
            actor: None,
            now: database.clock().now(),
            events: Vec::new(),
            audits: Vec::new(),
            wakes: Vec::new(),
        }))
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

    /// Notes who read or changed a member's data, or did something else that its RPC alone does not tell.
    pub fn audit(&mut self, entry: AuditEntry) {
        self.audits.push(AuditRow::new(self.actor(), entry, self.now));
    }

    /// Says whose command it is, where that shows only in the course of it: somebody signs in, or follows a link.
    pub fn done_by(&mut self, subject: Subject, organization: Option<OrganizationId>) {
        let mut actor = self.actor().clone();
        actor.caller.subject = subject;
        actor.caller.organization = organization;
        self.actor = Some(actor);
    }

    fn actor(&self) -> &Call {
        self.actor.as_ref().unwrap_or(&self.call)
    }

    /// Notes the command of a person, a system or a stranger by its RPC, where it noted nothing closer: every command leaves a row.
    fn note_command(&mut self) {
        let actor = self.actor();
        let somebodys =
            matches!(actor.caller.subject, Subject::Account(_) | Subject::Client(_) | Subject::Anonymous);
        if let Some(action) = actor.operation().filter(|_| somebodys && self.audits.is_empty()) {
            self.audit(AuditEntry { action, ..AuditEntry::default() });
        }
    }

    /// Wakes whoever waits for what this transaction writes: after the commit, since before it there is nothing to see.
    pub fn wake_after_commit(&mut self, waiter: Arc<Notify>) {
        self.wakes.push(waiter);
    }

    /// Commits, and keeps the answer under the call's key.
    pub async fn commit<R: prost::Message>(mut self, response: R) -> Keyed<R> {
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
        self.note_command();
        let batch = self.commit_batch(answer);
        self.execute(sqlx::raw_sql(AssertSqlSafe(batch))).await?;
        self.connection.settle();
        if !self.events.is_empty() {
            self.database.recorded().notify_one();
        }
        for waiter in self.wakes.drain(..) {
            waiter.notify_one();
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
        "begin;select open_call({},{},{},{},{key},{fingerprint})",
        literal::text(&organization),
        literal::text(&kind),
        literal::text(&purpose),
        literal::text(&statement_timeout(call)),
    )
}

/// The answer of a key whose row exists; refused while it is being written by a twin that did not end in time.
async fn answered(database: &Database, call: &Call, error: sqlx::Error) -> Result<Bytes> {
    let Some(refused) = error.as_database_error() else { return Err(error.into()) };
    let in_flight = || {
        Error::new(
            SharedReason::IdempotencyKeyInUse,
            "The same request is still running; ask again for its answer.",
        )
        .retry_after(std::time::Duration::from_secs(1))
    };
    match (refused.constraint(), refused.code().as_deref()) {
        (Some("idempotency_record_pkey"), _) => database.kept_answer(call).await?.ok_or_else(in_flight),
        (_, Some("55P03")) => Err(in_flight()),
        _ => Err(error.into()),
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

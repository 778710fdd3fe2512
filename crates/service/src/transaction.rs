//! A command's transaction: caller, deadline and idempotency key going in; outbox, audit and the kept answer going out
//! with the commit. Two round trips beside the command's own statements.

use std::{
    fmt::Write,
    ops::{Deref, DerefMut},
};

use bytes::Bytes;
use careway_kernel::OrganizationId;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Executor, PgConnection, Postgres, pool::PoolConnection};
use uuid::Uuid;

use crate::{
    audit::{AuditEntry, AuditRow},
    call::Call,
    database::{ANSWER, Database, row_of, statement_timeout},
    error::{Error, Kind, Result},
    literal,
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
    connection: Option<PoolConnection<Postgres>>,
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
        let connection = database.pool().acquire().await?;
        let mut transaction = Self {
            connection: Some(connection),
            database: database.clone(),
            key: call.idempotency_key_hash(),
            call: call.clone(),
            now: database.clock().now(),
            events: Vec::new(),
            audits: Vec::new(),
        };
        let batch = begin_batch(call, transaction.key.as_ref());
        let begun = transaction.execute(sqlx::raw_sql(AssertSqlSafe(batch))).await;
        match begun {
            Ok(_) => Ok(transaction),
            Err(error) => {
                drop(transaction);
                Err(key_refusal(database, call, error).await)
            }
        }
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
        self.connection = None;
        if !self.events.is_empty() {
            self.database.recorded().notify_one();
        }
        Ok(())
    }

    fn commit_batch(&self, answer: Option<&[u8]>) -> String {
        let mut sql = String::new();
        if !self.events.is_empty() {
            write_events(
                &mut sql,
                self.events.iter().map(|(event, traceparent)| (event, traceparent.as_deref())),
            );
        }
        if !self.audits.is_empty() {
            crate::audit::write_rows(&mut sql, self.audits.iter());
        }
        if let (Some(key), Some(answer)) = (&self.key, answer) {
            let _ = write!(
                sql,
                "update idempotency_record set answer = {} where key_hash = {};",
                literal::bytes(answer),
                literal::bytes(key)
            );
        }
        sql.push_str("commit");
        sql
    }
}

pub(crate) fn write_events<'a>(
    sql: &mut String,
    events: impl Iterator<Item = (&'a OutgoingEvent, Option<&'a str>)>,
) {
    sql.push_str(
        "insert into outbox (event_id, organization_id, also_organization, aggregate_type, aggregate_id, \
         aggregate_version, type, payload, traceparent, occurred_at) values ",
    );
    for (index, (event, traceparent)) in events.enumerate() {
        let _ = write!(
            sql,
            "{}('{}',{},{},{},'{}',{},{},{},{},{})",
            if index == 0 { "" } else { "," },
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
    sql.push(';');
}

fn begin_batch(call: &Call, key: Option<&[u8; 32]>) -> String {
    let [organization, kind, purpose] = call.caller.settings();
    let mut sql = format!(
        "begin;select set_config('careway.organization',{},true),set_config('careway.kind',{},true),\
         set_config('careway.purpose',{},true),set_config('statement_timeout','{}',true);",
        literal::text(&organization),
        literal::text(&kind),
        literal::text(&purpose),
        statement_timeout(call),
    );
    if let Some(key) = key {
        let _ = write!(
            sql,
            "insert into idempotency_record (key_hash, organization_id, fingerprint) values ({},{},{});",
            literal::bytes(key),
            literal::optional_uuid(organization.parse().ok()),
            literal::bytes(call.fingerprint.as_ref().map_or(&[], |it| &it[..])),
        );
    }
    sql
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
        self.connection.as_deref().expect("a transaction has its connection until it ends")
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_deref_mut().expect("a transaction has its connection until it ends")
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        // The connection goes back to the pool only after the rollback; where none can run, it is closed.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    if connection.execute("rollback").await.is_err() {
                        drop(connection.detach());
                    }
                });
            }
            Err(_) => drop(connection.detach()),
        }
    }
}

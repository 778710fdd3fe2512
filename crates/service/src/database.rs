//! A service's database: the pool, and reads with the caller set.

use std::{
    ops::{Deref, DerefMut},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use bytes::Bytes;
use careway_kernel::Clock;
use log::LevelFilter;
use sqlx::{
    ConnectOptions, Executor, FromRow, PgConnection, Postgres, Row,
    postgres::{PgArguments, PgConnectOptions, PgRow},
    query::QueryAs,
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    call::Call,
    error::{Error, Result, SharedReason},
    keyed::{Keyed, Stop},
    pool::{self, Lease, Pool},
    seal::Sealer,
    settings::DatabaseSettings,
};

/// One service's database, used by its app role. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
    clock: Clock,
    answers: Sealer,
    recorded: Arc<Notify>,
}

impl Database {
    /// Opens the pool. Refuses a server that may lose what it acknowledged, and a role that row-level security does
    /// not bind. `answers` seals the answers kept for their keys: they may hold what members' rows hold.
    pub async fn connect(
        url: &str,
        settings: DatabaseSettings,
        clock: Clock,
        answers: Sealer,
    ) -> anyhow::Result<Self> {
        // Batches carry answers and events: they stand in no log.
        Self::open(options(url, settings)?.disable_statement_logging(), settings, clock, answers).await
    }

    /// The same for a process that sends traces: its subscriber is told of every statement, and makes a span of it that
    /// says neither its text nor its values.
    pub(crate) async fn connect_traced(
        url: &str,
        settings: DatabaseSettings,
        clock: Clock,
        answers: Sealer,
    ) -> anyhow::Result<Self> {
        // No statement is slow to sqlx: it would be told of at another level.
        let options = options(url, settings)?
            .log_statements(LevelFilter::Trace)
            .log_slow_statements(LevelFilter::Off, Duration::MAX);
        Self::open(options, settings, clock, answers).await
    }

    async fn open(
        options: PgConnectOptions,
        settings: DatabaseSettings,
        clock: Clock,
        answers: Sealer,
    ) -> anyhow::Result<Self> {
        let pool = Pool::new(options, settings.database_connections, settings.patience());
        let database = Self { pool, clock, answers, recorded: Arc::default() };
        database.check().await.context("cannot use the database")?;
        Ok(database)
    }

    /// Its name on the server.
    pub(crate) fn name(&self) -> &str {
        self.pool.options().get_database().unwrap_or_default()
    }

    /// How many connections there are now.
    pub(crate) fn connections(&self) -> pool::Connections {
        self.pool.connections()
    }

    async fn check(&self) -> anyhow::Result<()> {
        let mut connection = self.pool.lease(pool::FORGET).await?;
        let row = sqlx::query(
            "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit, \
             current_setting('full_page_writes') as full_page_writes, rolsuper or rolbypassrls as unbound, \
             pg_get_userbyid(datdba) = current_user as owner \
             from pg_roles, pg_database where rolname = current_user and datname = current_database()",
        )
        .fetch_one(&mut *connection)
        .await?;
        connection.settle();
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            let value: String = row.get(setting);
            anyhow::ensure!(
                !matches!(value.as_str(), "off" | "local"),
                "Postgres runs with {setting} = {value}: an acknowledged request could be lost"
            );
        }
        anyhow::ensure!(
            !row.get::<bool, _>("unbound") && !row.get::<bool, _>("owner"),
            "the service must run as a role that neither owns the database nor bypasses row-level security"
        );
        Ok(())
    }

    /// How to connect as the service, for what needs a connection of its own. It sees nothing until it sets a caller.
    pub fn options(&self) -> &PgConnectOptions {
        self.pool.options()
    }

    /// Whether the server answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn probe(&self) -> Result<()> {
        loop {
            let mut connection = self.pool.lease(pool::FORGET).await?;
            match connection.execute("select 1").await {
                Ok(_) => {
                    connection.settle();
                    return Ok(());
                }
                Err(error) => connection.unless_dead(error)?,
            }
        }
    }

    /// Lends no connection any more.
    pub fn close(&self) {
        self.pool.close();
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The clock the service runs by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Told whenever events were committed here: what a relay in this process waits for.
    pub fn recorded(&self) -> &Notify {
        &self.recorded
    }

    pub(crate) fn answers(&self) -> &Sealer {
        &self.answers
    }

    /// Stops with the kept answer when the call's key was answered. Asked before giving up on a refusal from another
    /// service: the first try may have passed and its answer been lost on the way.
    pub async fn replayed(&self, call: &Call) -> Keyed<()> {
        match self.kept_answer(call).await? {
            Some(answer) => Err(Stop::Answered(answer)),
            None => Ok(()),
        }
    }

    /// The answer kept for the call's key.
    pub(crate) async fn kept_answer(&self, call: &Call) -> Result<Option<Bytes>> {
        let Some(key) = call.idempotency_key_hash() else { return Ok(None) };
        let mut reader = self.read(call).await?;
        let kept: Option<(Vec<u8>, Option<Vec<u8>>)> =
            sqlx::query_as("select fingerprint, answer from idempotency_record where key_hash = $1")
                .bind(&key[..])
                .fetch_optional(&mut *reader)
                .await?;
        match kept {
            None | Some((_, None)) => Ok(None),
            Some((fingerprint, Some(answer)))
                if Some(&fingerprint[..]) == call.fingerprint.as_ref().map(|it| &it[..]) =>
            {
                Ok(Some(self.answers.open(ANSWER, row_of(&key), &answer)?.into()))
            }
            Some(_) => Err(Error::new(
                SharedReason::IdempotencyKeyReused,
                "This Idempotency-Key was used with another request.",
            )),
        }
    }

    /// The outcome, or the answer kept for the call's key: the first try may have changed what now refuses the second.
    pub async fn unless_replayed<T>(&self, call: &Call, outcome: Result<T, impl Into<Error>>) -> Keyed<T> {
        match outcome {
            Ok(value) => Ok(value),
            Err(refusal) => {
                self.replayed(call).await?;
                Err(Stop::Refused(refusal.into()))
            }
        }
    }

    /// Whether the call's key was answered, whatever it was used with.
    pub async fn is_answered(&self, call: &Call) -> Result<bool> {
        let Some(key) = call.idempotency_key_hash() else { return Ok(false) };
        let mut reader = self.read(call).await?;
        let answered = sqlx::query_scalar(
            "select exists (select from idempotency_record where key_hash = $1 and answer is not null)",
        );
        Ok(answered.bind(&key[..]).fetch_one(&mut *reader).await?)
    }

    /// A connection that sees what the caller may see, without a transaction: one round trip, then the queries.
    pub async fn read(&self, call: &Call) -> Result<Reader> {
        let [organization, kind, purpose] = call.caller.settings();
        let timeout = statement_timeout(call);
        loop {
            let mut connection = self.pool.lease(pool::FORGET).await?;
            let set = sqlx::query(
                "select set_config('careway.organization', $1, false), set_config('careway.kind', $2, false), \
                 set_config('careway.purpose', $3, false), set_config('statement_timeout', $4, false)",
            )
            .bind(&organization)
            .bind(&kind)
            .bind(&purpose)
            .bind(&timeout)
            .execute(&mut *connection)
            .await;
            match set {
                Ok(_) => return Ok(Reader { connection }),
                Err(error) => connection.unless_dead(error)?,
            }
        }
    }

    /// What a question tells the caller, in one round trip. The question's own values are bound to it, from `$4` on.
    pub async fn query_as_caller<T>(
        &self,
        call: &Call,
        question: Question,
        bind: impl Fn(ScopedQuery<T>) -> ScopedQuery<T>,
    ) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let settings = call.caller.settings();
        loop {
            let mut connection = self.pool.lease(pool::FORGET).await?;
            let asked = settings.iter().fold(sqlx::query_as(question.0), |asked, it| asked.bind(it.clone()));
            match bind(asked).fetch_all(&mut *connection).await {
                Ok(rows) => {
                    connection.settle();
                    return Ok(rows);
                }
                Err(error) => connection.unless_dead(error)?,
            }
        }
    }
}

/// A query that tells its caller before it reads: made by [`question!`](crate::question).
#[derive(Debug, Clone, Copy)]
pub struct Question(#[doc(hidden)] pub &'static str);

/// A question on its way to Postgres; its values are bound to it.
pub type ScopedQuery<T> = QueryAs<'static, Postgres, T, PgArguments>;

/// Makes a [`Question`] of a query, for reads that somebody waits for. `$1` to `$3` are the caller; the query's own values
/// follow from `$4` on.
///
/// The query stands in a lateral join that refers to the caller's row and, by its `offset 0`, is not taken apart: Postgres
/// runs it only when that row is there, and so when the caller is set. It forgets the caller with the statement. If it ever
/// read before, it would see nothing.
#[macro_export]
macro_rules! scoped_query {
    ($query:expr) => {
        $crate::database::Question(concat!(
            "with caller as materialized (select set_config('careway.organization', $1, true) is not null \
             and set_config('careway.kind', $2, true) is not null \
             and set_config('careway.purpose', $3, true) is not null as known) \
             select asked.* from caller cross join lateral (select * from (",
            $query,
            ") as told where caller.known offset 0) as asked"
        ))
    };
}

/// What a statement may take that waits for nobody, in milliseconds.
const STATEMENT_MS: u64 = 10_000;

fn options(url: &str, settings: DatabaseSettings) -> anyhow::Result<PgConnectOptions> {
    let patience = settings.database_patience_ms.to_string();
    let longest = (settings.database_patience_ms + STATEMENT_MS).to_string();
    let options = PgConnectOptions::from_str(url).context("the database URL is not valid")?;
    Ok(options.application_name("careway").statement_cache_capacity(256).options([
        ("standard_conforming_strings", "on"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("lock_timeout", &*patience),
        // For what says nothing of its own; a row that is waited for is refused before.
        ("statement_timeout", &*longest),
        ("timezone", "UTC"),
        ("jit", "off"),
    ]))
}

/// The sealed column of kept answers, as its values are bound to it.
pub(crate) const ANSWER: &str = "idempotency_record.answer";

/// The row of a key, as a sealed answer is bound to it.
pub(crate) fn row_of(key: &[u8; 32]) -> Uuid {
    let (row, _) = key.split_first_chunk::<16>().expect("32 bytes hold 16");
    Uuid::from_bytes(*row)
}

/// Milliseconds for Postgres, which takes 0 as "none".
pub(crate) fn statement_timeout(call: &Call) -> String {
    call.remaining().as_millis().max(1).to_string()
}

/// A connection with its caller set, who is forgotten before anybody else has it.
pub struct Reader {
    connection: Lease,
}

impl Deref for Reader {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

//! What a job asks of PostgreSQL: statements, writing transactions, bytes of write-ahead log; counted, not timed.

use std::time::Duration;

use sqlx::{Executor, FromRow, PgConnection};
use tokio::time::sleep;

use super::stage::Stage;

/// How many of the heaviest statements are shown.
const SHOWN: i64 = 14;
/// Every connection has heard of a changed setting by then.
const HEARD: Duration = Duration::from_millis(200);

/// Per job.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    /// None without the extension `pg_stat_statements`.
    pub(super) statements: Option<f64>,
    pub(super) writes: f64,
    /// Bytes.
    pub(super) log: f64,
    pub(super) heaviest: Vec<Heavy>,
}

/// A statement that takes time.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Heavy {
    pub(super) database: String,
    pub(super) statement: String,
    /// Per job.
    pub(super) calls: f64,
    /// Microseconds per job, waiting for locks and the disk included.
    pub(super) micros: f64,
}

/// The counters of the server.
pub(super) struct Statements {
    admin: PgConnection,
    available: bool,
    log: i64,
    writes: i64,
}

impl Statements {
    pub(super) async fn open(stage: &Stage) -> anyhow::Result<Self> {
        let mut admin = stage.connect("postgres").await?;
        let available: bool = sqlx::query_scalar(
            "select current_setting('shared_preload_libraries') like '%pg_stat_statements%'",
        )
        .fetch_one(&mut admin)
        .await?;
        if available {
            admin.execute("create extension if not exists pg_stat_statements").await?;
        }
        let mut statements = Self { admin, available, log: 0, writes: 0 };
        statements.track("none").await?;
        Ok(statements)
    }

    /// From now on.
    pub(super) async fn begin(&mut self) -> anyhow::Result<()> {
        self.track("top").await?;
        if self.available {
            self.admin.execute("select pg_stat_statements_reset()").await?;
        }
        (self.log, self.writes) = self.place().await?;
        Ok(())
    }

    /// Until now, in which so many jobs were done.
    pub(super) async fn end(&mut self, done: u64) -> anyhow::Result<Counted> {
        let (log, writes) = self.place().await?;
        let done = done.max(1) as f64;
        let mut counted = Counted {
            writes: (writes - self.writes) as f64 / done,
            log: (log - self.log) as f64 / done,
            ..Counted::default()
        };
        if self.available {
            let calls: f64 = sqlx::query_scalar(
                "select coalesce(sum(calls), 0)::float8 from pg_stat_statements s join pg_roles r on r.oid = s.userid
                 where rolname like '%\\_app'",
            )
            .fetch_one(&mut self.admin)
            .await?;
            counted.statements = Some(calls / done);
            counted.heaviest = sqlx::query_as(
                "select datname as database, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as statement,
                    calls / $1 as calls, total_exec_time * 1000 / $1 as micros
                 from pg_stat_statements s join pg_roles r on r.oid = s.userid join pg_database d on d.oid = s.dbid
                 where rolname like '%\\_app' order by total_exec_time desc limit $2",
            )
            .bind(done)
            .bind(SHOWN)
            .fetch_all(&mut self.admin)
            .await?;
        }
        self.track("none").await?;
        Ok(counted)
    }

    /// Where the log and the numbers of writing transactions are.
    async fn place(&mut self) -> anyhow::Result<(i64, i64)> {
        let place = sqlx::query_as(
            "select (pg_current_wal_lsn() - '0/0')::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
        )
        .fetch_one(&mut self.admin)
        .await?;
        Ok(place)
    }

    /// Counting costs a little; rates are measured without.
    async fn track(&mut self, which: &'static str) -> anyhow::Result<()> {
        if !self.available {
            return Ok(());
        }
        let setting = match which {
            "none" => "alter system set pg_stat_statements.track = 'none'",
            _ => "alter system set pg_stat_statements.track = 'top'",
        };
        self.admin.execute(setting).await?;
        self.admin.execute("select pg_reload_conf()").await?;
        sleep(HEARD).await;
        Ok(())
    }
}

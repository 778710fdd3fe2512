//! Where it is measured: servers of its own under `.dev/bench`, emptied before each run and stopped after it.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::Context;
use careway_standalone::provision::DATABASES;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use url::Url;

use super::refusals::Refusals;
use crate::{
    checkout::Checkout,
    fresh,
    platform::redis_url,
    say,
    servers::{self, Servers},
};

/// The database that a service's raw limit is taken on: its schema, and as much of its data, without the service.
pub(super) fn raw_of(service: &str) -> String {
    format!("{service}_raw")
}

/// What the server gets beyond its defaults, so that the data is in memory and checkpoints are rare.
const TUNED: [(&str, &str); 3] =
    [("shared_buffers", "512MB"), ("max_wal_size", "4GB"), ("checkpoint_timeout", "15min")];

/// The servers and folders of a measurement.
pub(super) struct Stage {
    pub(super) checkout: Checkout,
    pub(super) servers: Servers,
    /// The folder with the programs that are measured.
    pub(super) programs: PathBuf,
    /// Whether it is only to be seen that measuring works.
    pub(super) is_check: bool,
}

impl Stage {
    /// Starts the servers, with nothing in them.
    pub(super) async fn open(checkout: &Checkout, is_check: bool) -> anyhow::Result<Self> {
        let checkout = checkout.bench();
        let mut servers = servers::ensure(&checkout).await?;
        if tune(&servers.postgres).await.context("cannot tune PostgreSQL")? {
            servers::stop(&checkout).await?;
            servers = servers::ensure(&checkout).await?;
        }
        let this = env::current_exe()?;
        let programs = this.parent().map(Path::to_owned).context("this program is in no folder")?;
        let stage = Self { checkout, servers, programs, is_check };
        stage.drop_raw().await?;
        fresh::clear(&stage.checkout, &stage.servers).await?;
        Ok(stage)
    }

    /// How many refusals are borne here.
    pub(super) fn refusals(&self) -> Refusals {
        if self.is_check { Refusals::Any } else { Refusals::Few }
    }

    /// Stops the servers.
    pub(super) async fn close(&self) -> anyhow::Result<()> {
        say::headline("Stopping");
        servers::stop(&self.checkout).await
    }

    /// The superuser's connection to a database.
    pub(super) async fn connect(&self, database: &str) -> anyhow::Result<PgConnection> {
        let url = in_database(&self.servers.postgres, database)?;
        PgConnection::connect(&url).await.with_context(|| format!("cannot connect to {database}"))
    }

    /// Empties Redis: counts of sign-ins and codes of what ran before are not to slow down what runs next.
    pub(super) async fn forget(&self) -> anyhow::Result<()> {
        let client = redis::Client::open(redis_url(&self.servers))?;
        let mut connection =
            client.get_multiplexed_async_connection().await.context("Redis does not answer")?;
        redis::cmd("FLUSHDB").exec_async(&mut connection).await?;
        Ok(())
    }

    /// Copies the database of a service, to which nobody may be connected.
    pub(super) async fn copy_raw(&self, service: &str) -> anyhow::Result<()> {
        let mut admin = self.connect("postgres").await?;
        let copy = format!("create database {} template {service} owner {service}_owner", raw_of(service));
        admin.execute(AssertSqlSafe(copy)).await?;
        Ok(())
    }

    /// Has every table looked at, as PostgreSQL does by itself within a minute or two of growth: what is planned on empty
    /// tables is no measure.
    pub(super) async fn analyze(&self) -> anyhow::Result<()> {
        for (database, _) in DATABASES {
            self.connect(database).await?.execute("analyze").await?;
        }
        self.connect(&raw_of("visits")).await?.execute("analyze").await?;
        Ok(())
    }

    async fn drop_raw(&self) -> anyhow::Result<()> {
        let mut admin = self.connect("postgres").await?;
        for (service, _) in DATABASES {
            let drop = format!("drop database if exists {} with (force)", raw_of(service));
            admin.execute(AssertSqlSafe(drop)).await?;
        }
        Ok(())
    }
}

/// The same server and account, another database.
pub(super) fn in_database(url: &str, database: &str) -> anyhow::Result<String> {
    let mut url = Url::parse(url).context("the address of PostgreSQL")?;
    url.set_path(database);
    Ok(url.into())
}

/// Sets what is not set yet; whether the server has to be started anew.
async fn tune(url: &str) -> anyhow::Result<bool> {
    let mut admin = PgConnection::connect(url).await?;
    let set: i64 =
        sqlx::query_scalar("select count(*) from pg_settings where sourcefile like '%postgresql.auto.conf'")
            .fetch_one(&mut admin)
            .await?;
    if set > 0 {
        return Ok(false);
    }
    for (name, value) in TUNED {
        admin.execute(AssertSqlSafe(format!("alter system set {name} = '{value}'"))).await?;
    }
    let has_statements: bool = sqlx::query_scalar(
        "select exists (select from pg_available_extensions where name = 'pg_stat_statements')",
    )
    .fetch_one(&mut admin)
    .await?;
    if has_statements {
        admin.execute("alter system set shared_preload_libraries = 'pg_stat_statements'").await?;
    }
    Ok(true)
}

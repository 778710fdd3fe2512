//! Template databases: a service's migrations, run once, and cloned or reset for every test after.

use std::str::FromStr as _;

use anyhow::{Context as _, ensure};
use careway_kernel::random;
use careway_service::{Migrator, migrate};
use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection};

const PRISTINE: &str = include_str!("pristine.sql");
/// The class of our advisory locks: "care".
const LOCK: i32 = 0x6361_7265;

/// A migrated database nobody connects to, named after the service, all its migrations and functions.
pub(crate) struct Template {
    admin: PgConnectOptions,
    service: String,
    name: String,
    migrator: &'static Migrator,
}

impl Template {
    pub(crate) fn new(admin_url: &str, service: &str, migrator: &'static Migrator) -> anyhow::Result<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        ensure!(
            !service.is_empty() && service.bytes().all(plain),
            "a service is named in lower-case letters"
        );
        let hash = Sha256::new().chain_update(PRISTINE).chain_update(migrator.digest()).finalize();
        let hash = hex::encode(&hash[..6]);
        Ok(Self {
            admin: PgConnectOptions::from_str(admin_url).context("the URL of the test Postgres")?,
            service: service.to_owned(),
            name: format!("careway_test_{service}_{hash}"),
            migrator,
        })
    }

    pub(crate) async fn connect(&self) -> anyhow::Result<PgConnection> {
        self.admin.connect().await.context("cannot connect to the test Postgres")
    }

    /// The superuser's URL of a database.
    pub(crate) fn admin_url(&self, database: &str) -> String {
        self.admin.clone().database(database).to_url_lossy().into()
    }

    /// A role's URL of a database. Test roles have their own name as the password.
    pub(crate) fn url(&self, database: &str, role: &str) -> String {
        let role = format!("{}_{role}", self.service);
        self.admin.clone().username(&role).password(&role).database(database).to_url_lossy().into()
    }

    /// Takes a database of this template for as long as `connection` lives, in the state the migrations left.
    ///
    /// Databases are used again: on a disk that keeps its promises (`fsync`), dropping one takes Postgres most of a second and
    /// making one a tenth; emptying one takes milliseconds.
    pub(crate) async fn lease(&self, connection: &mut PgConnection) -> anyhow::Result<String> {
        self.ensure(connection).await?;
        let pooled: Vec<String> =
            sqlx::query_scalar("select datname from pg_database where starts_with(datname, $1) order by oid")
                .bind(format!("{}_", self.name))
                .fetch_all(&mut *connection)
                .await?;
        for name in pooled {
            if !try_lock(connection, &name).await? {
                continue;
            }
            if self.reset(connection, &name).await? {
                return Ok(name);
            }
            drop_database(connection, &name).await?;
            unlock(connection, &name).await?;
        }
        let name = format!("{}_{}", self.name, hex::encode(random::bytes::<4>()));
        ensure!(try_lock(connection, &name).await?, "a random name is taken");
        let sql = format!("create database {name} template {} owner {}_owner", self.name, self.service);
        connection.execute(AssertSqlSafe(sql)).await.context("cloning the template")?;
        Ok(name)
    }

    /// False when the database is not what the migrations made it, or was dropped meanwhile.
    async fn reset(&self, connection: &mut PgConnection, name: &str) -> anyhow::Result<bool> {
        // Whoever still sits there belongs to a test that has ended.
        sqlx::query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1")
            .bind(name)
            .execute(connection)
            .await?;
        let options = self.admin.clone().database(name).options([("synchronous_commit", "off")]);
        let Ok(mut database) = options.connect().await else { return Ok(false) };
        let clean = sqlx::query_scalar("select pristine.reset()").fetch_one(&mut database).await?;
        database.close().await?;
        Ok(clean)
    }

    /// Makes the template unless it is there; one process does, the others wait.
    async fn ensure(&self, connection: &mut PgConnection) -> anyhow::Result<()> {
        if self.exists(connection).await? {
            return Ok(());
        }
        sqlx::query("select pg_advisory_lock($1, 0)").bind(LOCK).execute(&mut *connection).await?;
        if !self.exists(connection).await? {
            self.make(connection).await?;
            self.sweep(connection).await?;
        }
        sqlx::query("select pg_advisory_unlock($1, 0)").bind(LOCK).execute(connection).await?;
        Ok(())
    }

    async fn exists(&self, connection: &mut PgConnection) -> anyhow::Result<bool> {
        let exists = "select exists (select from pg_database where datname = $1 and datistemplate)";
        Ok(sqlx::query_scalar(exists).bind(&self.name).fetch_one(connection).await?)
    }

    async fn make(&self, connection: &mut PgConnection) -> anyhow::Result<()> {
        let Self { service, name, .. } = self;
        for role in [format!("{service}_owner"), format!("{service}_app")] {
            let known: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
                .bind(&role)
                .fetch_one(&mut *connection)
                .await?;
            if !known {
                let sql = format!("create role {role} login password '{role}'");
                connection.execute(AssertSqlSafe(sql)).await?;
            }
        }
        // What an interrupted run left.
        drop_database(connection, name).await?;
        connection.execute(AssertSqlSafe(format!("create database {name} owner {service}_owner"))).await?;
        migrate(&self.url(name, "owner"), self.migrator).await?;
        let mut database = self.admin.clone().database(name).connect().await?;
        sqlx::raw_sql(PRISTINE).execute(&mut database).await?;
        database.execute("select pristine.keep()").await?;
        database.close().await?;
        let sql = format!("alter database {name} with is_template true allow_connections false");
        connection.execute(AssertSqlSafe(sql)).await?;
        Ok(())
    }

    /// Drops the service's databases of other migrations that are older than a day and in nobody's use.
    async fn sweep(&self, connection: &mut PgConnection) -> anyhow::Result<()> {
        let stale: Vec<String> = sqlx::query_scalar(
            "select datname from pg_database where datname ~ $1 and not starts_with(datname, $2) \
             and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < now() - interval '1 day'",
        )
        .bind(format!("^careway_test_{}_[0-9a-f]{{12}}", self.service))
        .bind(&self.name)
        .fetch_all(&mut *connection)
        .await?;
        for name in stale {
            if try_lock(connection, &name).await? {
                drop_database(connection, &name).await?;
                unlock(connection, &name).await?;
            }
        }
        Ok(())
    }
}

async fn drop_database(connection: &mut PgConnection, name: &str) -> anyhow::Result<()> {
    let template: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1 and datistemplate)")
            .bind(name)
            .fetch_one(&mut *connection)
            .await?;
    if template {
        connection.execute(AssertSqlSafe(format!("alter database {name} with is_template false"))).await?;
    }
    connection.execute(AssertSqlSafe(format!("drop database if exists {name} with (force)"))).await?;
    Ok(())
}

/// The lock falls with the connection, however the test ends.
async fn try_lock(connection: &mut PgConnection, name: &str) -> anyhow::Result<bool> {
    let sql = "select pg_try_advisory_lock($1, hashtext($2))";
    Ok(sqlx::query_scalar(sql).bind(LOCK).bind(name).fetch_one(connection).await?)
}

async fn unlock(connection: &mut PgConnection, name: &str) -> anyhow::Result<()> {
    sqlx::query("select pg_advisory_unlock($1, hashtext($2))")
        .bind(LOCK)
        .bind(name)
        .execute(connection)
        .await?;
    Ok(())
}

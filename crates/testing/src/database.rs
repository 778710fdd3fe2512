//! A database per test, migrated and as if nobody had ever used it.

use careway_kernel::{Clock, Redacted};
use careway_service::{Database, DatabaseSettings, Migrator, Sealer};

use crate::{servers::TestServers, template::Template};

/// Every secret of a service that a test starts.
pub const SECRET: &str = "a secret of the tests, long enough";

/// How long requests of tests wait for a server, in milliseconds: however busy the machine is, what is right is not refused.
pub const PATIENCE_MS: u64 = 30_000;

/// A service's database for one test. It is the test's alone until the test's runtime ends; then another test may
/// take it, emptied.
#[derive(Debug, Clone)]
pub struct TestDatabase {
    /// Its name.
    pub name: String,
    /// As the role that runs the service.
    pub url_app: String,
    /// As the role that owns the tables.
    pub url_owner: String,
    /// As the superuser, who sees every row.
    pub url_admin: String,
}

impl TestDatabase {
    /// Takes a database in which the platform's and the service's migrations have run.
    ///
    /// # Panics
    /// When Postgres cannot be reached or the migrations fail: the test cannot go on.
    pub async fn create(service: &str, migrator: &'static Migrator) -> Self {
        let lease = Self::lease(service, migrator).await;
        lease.unwrap_or_else(|error| panic!("no database for a test of {service}: {error:#}"))
    }

    /// The database as its service has it.
    ///
    /// # Panics
    /// When it cannot be used so.
    pub async fn open(&self, connections: u32, clock: &Clock) -> Database {
        open(&self.url_app, connections, clock).await
    }

    async fn lease(service: &str, migrator: &'static Migrator) -> anyhow::Result<Self> {
        let template = Template::new(&TestServers::from_env().postgres, service, migrator)?;
        let mut connection = template.connect().await?;
        let name = template.lease(&mut connection).await?;
        // Held by a task, so that it is given up only when the runtime ends, and with it whatever the test started
        // that could still write to the database.
        tokio::spawn(async move {
            let _lease = connection;
            std::future::pending::<()>().await;
        });
        Ok(Self {
            url_app: template.url(&name, "app"),
            url_owner: template.url(&name, "owner"),
            url_admin: template.admin_url(&name),
            name,
        })
    }
}

/// A database behind this URL, as its service has it.
///
/// # Panics
/// When it cannot be used so.
pub async fn open(url: &str, connections: u32, clock: &Clock) -> Database {
    let answers = Sealer::derive(&Redacted::new(SECRET), "tests").expect("a secret that is long enough");
    let settings = DatabaseSettings { database_connections: connections, database_patience_ms: PATIENCE_MS };
    let database = Database::connect(url, settings, clock.clone(), answers).await;
    database.unwrap_or_else(|error| panic!("a test's database cannot be used: {error:#}"))
}

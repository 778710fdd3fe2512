//! A database per test, migrated and as if nobody had ever used it.

use careway_service::Migrator;

use crate::servers::TestServers;
use crate::template::Template;

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

//! One service started for a test: with a database, names on the servers and a clock that nobody else has.

use std::collections::BTreeMap;

use careway_kernel::Clock;
use careway_service::{Foundation, Migrator, Service, Settings, run};
use clap::{Args, Parser};
use sqlx::{PgPool, postgres::PgPoolOptions};

use crate::{
    FaultProxy, Leftovers, TestDatabase, TestServers,
    database::{PATIENCE_MS, SECRET},
    unique_prefix,
};

/// What a service is started with.
#[derive(Debug, Clone)]
pub struct TestSetup {
    /// Its clock, which the test moves.
    pub clock: Clock,
    /// Its database, as yet empty.
    pub database: TestDatabase,
    /// What its streams and keys begin with.
    pub prefix: String,
    service: String,
    settings: BTreeMap<String, String>,
}

#[derive(Parser)]
struct Whole<C: Args> {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    config: C,
}

impl TestSetup {
    /// Of a service by its name, like `visits`: the test's servers, a database, a prefix and secrets.
    pub async fn of(service: &str, migrator: &'static Migrator) -> Self {
        let (servers, prefix) = (TestServers::from_env(), unique_prefix());
        let database = TestDatabase::create(service, migrator).await;
        let url = database.url_app.clone();
        let setup = Self {
            clock: Clock::movable(),
            database,
            prefix: prefix.clone(),
            service: service.to_owned(),
            settings: BTreeMap::new(),
        };
        setup
            .with("CAREWAY_REDIS_URL", servers.redis)
            .with("CAREWAY_NATS_URL", servers.nats)
            .with("CAREWAY_PREFIX", prefix)
            .with("CAREWAY_SERVICE_SECRET", SECRET)
            .with("CAREWAY_DEVELOPMENT", "true")
            .with("CAREWAY_DATABASE_PATIENCE_MS", PATIENCE_MS.to_string())
            .with("CAREWAY_REDIS_PATIENCE_MS", PATIENCE_MS.to_string())
            .with(&own(service, "DATABASE_URL"), url)
            .with(&own(service, "MASTER_KEY"), SECRET)
    }

    /// The same with another setting, by the name of its variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.insert(name.to_owned(), value.into());
        self
    }

    /// The same with these settings.
    #[must_use]
    pub fn with_all(self, settings: &[(&str, &str)]) -> Self {
        settings.iter().fold(self, |setup, (name, value)| setup.with(name, *value))
    }

    /// The same with this setting, unless it has another.
    #[must_use]
    pub fn or(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.entry(name.to_owned()).or_insert_with(|| value.into());
        self
    }

    /// The same with a proxy before its database, which counts round trips and can be cut.
    pub async fn behind_a_proxy(self) -> (FaultProxy, Self) {
        let (proxy, url) = FaultProxy::before(&self.database.url_app).await;
        let setting = own(&self.service, "DATABASE_URL");
        (proxy, self.with(&setting, url))
    }

    /// The service's own settings, and what it shares with others.
    ///
    /// # Panics
    /// When a setting is wrong or a server away.
    pub async fn build<C: Args>(&self) -> (C, Foundation) {
        let settings: Vec<_> = self.settings.clone().into_iter().collect();
        let whole: Whole<C> = run::parse_settings(&settings).unwrap_or_else(|error| panic!("{error:#}"));
        let foundation = Foundation::build(&whole.settings, self.clock.clone()).await;
        (whole.config, foundation.unwrap_or_else(|error| panic!("{error:#}")))
    }

    /// Starts the service; `beside` gives it the other services that it asks.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start<C: Args>(
        self,
        beside: impl Fn(&Foundation),
        start: impl AsyncFnOnce(C, Foundation) -> anyhow::Result<Service>,
    ) -> TestService {
        let (foundation, service) = self.serve(beside, start).await;
        let options = PgPoolOptions::new();
        let admin = options.connect(&self.database.url_admin).await.expect("the superuser connects");
        let leftovers = Leftovers::of(&self.prefix, &foundation.shutdown);
        TestService { clock: self.clock.clone(), foundation, service, admin, setup: self, leftovers }
    }

    async fn serve<C: Args>(
        &self,
        beside: impl Fn(&Foundation),
        start: impl AsyncFnOnce(C, Foundation) -> anyhow::Result<Service>,
    ) -> (Foundation, Service) {
        let (config, foundation) = self.build().await;
        beside(&foundation);
        let service = start(config, foundation.clone()).await;
        (foundation, service.unwrap_or_else(|error| panic!("the service does not start: {error:#}")))
    }
}

/// The name of a service's own setting.
fn own(service: &str, setting: &str) -> String {
    format!("CAREWAY_{}_{setting}", service.to_uppercase())
}

/// A running service. What it leaves on the servers goes when this is dropped.
pub struct TestService {
    /// Its clock, which the test moves.
    pub clock: Clock,
    /// What it shares with other services.
    pub foundation: Foundation,
    /// Its RPCs and its database.
    pub service: Service,
    /// Sees every row.
    pub admin: PgPool,
    /// What it was started with.
    pub setup: TestSetup,
    leftovers: Leftovers,
}

impl TestService {
    /// Ends it, and starts it again on the same database with these settings beside those it was set up with.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart<C: Args>(
        &mut self,
        settings: &[(&str, &str)],
        beside: impl Fn(&Foundation),
        start: impl AsyncFnOnce(C, Foundation) -> anyhow::Result<Service>,
    ) {
        run::finish(&self.foundation).await;
        let setup = self.setup.clone().with_all(settings);
        (self.foundation, self.service) = setup.serve(beside, start).await;
        self.leftovers.follow(&self.foundation.shutdown);
    }

    /// How many events of a type it said.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn said(&self, event: &str) -> i64 {
        let name = format!("careway.{}.v1.{event}", self.service.name);
        let said = sqlx::query_scalar("select count(*) from outbox where type = $1").bind(name);
        said.fetch_one(&self.admin).await.expect("an outbox")
    }

    /// One number out of its database, as the superuser sees it.
    ///
    /// # Panics
    /// When the query is wrong.
    pub async fn count(&self, query: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(query.to_owned());
        sqlx::query_scalar(query).fetch_one(&self.admin).await.expect("a number")
    }
}

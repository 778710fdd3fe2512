//! Support cases for partners. Owns the case forms; says and hears nothing yet.

mod api;
mod operations;
mod store;

use std::sync::Arc;

use anyhow::Context;
use careway_contract::cases::v1::case_form_service_server::CaseFormServiceServer;
use careway_events::{Consumers, DeadLettersCommand, Relay};
use careway_kernel::Redacted;
use careway_service::{Database, Foundation, Migrator, NO_FUNCTIONS, Service};

/// The service's name.
pub const NAME: &str = "cases";

/// The service's own tables.
pub static MIGRATOR: Migrator = Migrator { tables: sqlx::migrate!(), functions: NO_FUNCTIONS };

/// The service's settings.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Config {
    /// The service's database, as its app role.
    #[arg(
        id = "cases_database_url",
        long = "cases-database-url",
        env = "CAREWAY_CASES_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Redacted,
}

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Database,
}

impl App {
    pub(crate) fn db(&self) -> &Database {
        &self.0.db
    }
}

/// Starts the service in this process.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    let db = database(&config, &foundation).await?;
    Relay::new(&foundation, &db, NAME).start();
    let app = App(Arc::new(Inner { db: db.clone() }));
    let routes = tonic::service::Routes::new(CaseFormServiceServer::new(api::Api { app }));
    Ok(Service::new(NAME, routes, db, &foundation))
}

/// What an operator does about the events that this service could not take.
pub async fn dead_letters(
    config: Config,
    foundation: Foundation,
    command: DeadLettersCommand,
) -> anyhow::Result<()> {
    let db = database(&config, &foundation).await?;
    command.run(&Consumers::new(&foundation, &db, NAME).dead_letters()).await
}

async fn database(config: &Config, foundation: &Foundation) -> anyhow::Result<Database> {
    foundation.database(config.database_url.expose()).await.context("the cases database")
}

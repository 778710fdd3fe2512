//! Support cases for partners. Owns the case forms; says and hears nothing yet.

mod case_forms;
mod config;

use anyhow::Context;
use careway_contract::cases::v1::case_form_service_server::CaseFormServiceServer;
use careway_events::{Consumers, DeadLettersCommand, Relay};
use careway_service::{Database, Foundation, Migrator, NO_FUNCTIONS, Service};
use tonic::service::Routes;

pub use config::Config;

/// The service's name.
pub const NAME: &str = "cases";

/// The service's own tables.
pub static MIGRATOR: Migrator = Migrator { tables: sqlx::migrate!(), functions: NO_FUNCTIONS };

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) db: Database,
}

/// Starts the service: its RPCs and its relay.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    let app = open(config, &foundation).await?;
    Relay::new(&foundation, &app.db, NAME).start();
    let routes = Routes::new(CaseFormServiceServer::new(app.clone()));
    Ok(Service::new(NAME, routes, app.db, &foundation))
}

/// What an operator does about the events that this service could not take.
pub async fn dead_letters(
    config: Config,
    foundation: Foundation,
    command: DeadLettersCommand,
) -> anyhow::Result<()> {
    let app = open(config, &foundation).await?;
    command.run(&Consumers::new(&foundation, &app.db, NAME).dead_letters()).await
}

async fn open(config: Config, foundation: &Foundation) -> anyhow::Result<App> {
    let db = foundation.database(config.database_url.expose()).await.context("the cases database")?;
    Ok(App { db })
}

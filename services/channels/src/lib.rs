//! What the platform tells partner systems. Owns the catalogue of event types; says and hears nothing yet.

mod api;
mod catalogue;
mod operations;

use std::sync::Arc;

use anyhow::Context;
use careway_contract::channels::v1::{EventType, event_type_service_server::EventTypeServiceServer};
use careway_events::{Consumers, DeadLettersCommand, Relay};
use careway_kernel::Redacted;
use careway_service::{Database, Foundation, Migrator, NO_FUNCTIONS, Service};

/// The service's name.
pub const NAME: &str = "channels";

/// The service's own tables.
pub static MIGRATOR: Migrator = Migrator { tables: sqlx::migrate!(), functions: NO_FUNCTIONS };

/// The service's settings.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Config {
    /// The service's database, as its app role.
    #[arg(
        id = "channels_database_url",
        long = "channels-database-url",
        env = "CAREWAY_CHANNELS_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Redacted,
}

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    catalogue: Vec<EventType>,
}

impl App {
    pub(crate) fn catalogue(&self) -> &[EventType] {
        &self.0.catalogue
    }
}

/// Starts the service in this process.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    let db = database(&config, &foundation).await?;
    Relay::new(&foundation, &db, NAME).start();
    let app = App(Arc::new(Inner { catalogue: catalogue::read()? }));
    let routes = tonic::service::Routes::new(EventTypeServiceServer::new(api::Api { app }));
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
    foundation.database(config.database_url.expose()).await.context("the channels database")
}

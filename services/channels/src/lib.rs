//! What the platform tells partner systems. Owns the catalogue of event types; says and hears nothing yet.

mod config;
mod event_types;

use std::sync::Arc;

use anyhow::Context;
use careway_contract::channels::v1::event_type_service_server::EventTypeServiceServer;
use careway_events::{Consumers, DeadLettersCommand, Relay};
use careway_service::{Database, Foundation, Migrator, NO_FUNCTIONS, Service};
use tonic::service::Routes;

pub use config::Config;
use event_types::Catalogue;

/// The service's name.
pub const NAME: &str = "channels";

/// The service's own tables.
pub static MIGRATOR: Migrator = Migrator { tables: sqlx::migrate!(), functions: NO_FUNCTIONS };

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) db: Database,
    pub(crate) catalogue: Arc<Catalogue>,
}

/// Starts the service: its RPCs and its relay.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    let app = open(config, &foundation).await?;
    Relay::new(&foundation, &app.db, NAME).start();
    let routes = Routes::new(EventTypeServiceServer::new(app.clone()));
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
    let db = foundation.database(config.database_url.expose()).await.context("the channels database")?;
    Ok(App { db, catalogue: Arc::new(Catalogue::read()?) })
}

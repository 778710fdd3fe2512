//! Renewals: for now its `NotificationService`, which sends every SMS and e-mail of the platform. Owns messages; says
//! `MessageAccepted` and `MessageFailed`; hears what the other contexts need told to people.

mod config;
mod messages;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use anyhow::Context;
use careway_contract::renewals::v1::notification_service_server::NotificationServiceServer;
use careway_events::{Consumers, DeadLettersCommand, Relay};
use careway_service::{Database, Foundation, Migrator, NO_FUNCTIONS, Result, Sealer, Service};
use prost_reflect::DescriptorPool;
use sqlx::PgConnection;
use tokio::sync::Notify;
use tonic::service::Routes;

pub use config::Config;
pub use messages::{Condition, RULES, Rule, To};

/// The service's name.
pub const NAME: &str = "renewals";

/// The service's own tables.
pub static MIGRATOR: Migrator = Migrator { tables: sqlx::migrate!(), functions: NO_FUNCTIONS };

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) db: Database,
    pub(crate) foundation: Foundation,
    pub(crate) sealer: Sealer,
    pub(crate) ports: Arc<messages::Ports>,
    /// What events look like.
    pub(crate) contract: DescriptorPool,
    /// The address a member disputes a visit at; the token follows.
    pub(crate) dispute_url: String,
    /// The address a member reads a claim's explanation at; the token follows.
    pub(crate) explanation_url: String,
    /// Wakes the sender: something is due.
    pub(crate) wake: Arc<Notify>,
}

/// Starts the service: its RPCs, its relay, its consumers and its sender.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    let app = open(config, &foundation).await?;
    Relay::new(&foundation, &app.db, NAME).start();
    consumers(&app).start().await?;
    foundation.tasks.spawn(messages::run_sender(app.clone()));
    let routes = Routes::new(NotificationServiceServer::new(app.clone()));
    Ok(Service::new(NAME, routes, app.db, &foundation))
}

/// What an operator does about the events that this service could not take.
pub async fn dead_letters(
    config: Config,
    foundation: Foundation,
    command: DeadLettersCommand,
) -> anyhow::Result<()> {
    let app = open(config, &foundation).await?;
    command.run(&consumers(&app).dead_letters()).await
}

async fn open(config: Config, foundation: &Foundation) -> anyhow::Result<App> {
    let db = foundation.database(config.database_url.expose()).await.context("the renewals database")?;
    Ok(App {
        db,
        foundation: foundation.clone(),
        sealer: Sealer::derive(&config.master_key, NAME)?,
        ports: Arc::new(messages::Ports::open(&config).await?),
        contract: DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).context("the contract")?,
        dispute_url: config.dispute_url,
        explanation_url: config.explanation_url,
        wake: Arc::new(Notify::new()),
    })
}

/// What renewals hears: every event that people are told of.
fn consumers(app: &App) -> Consumers {
    messages::hear(Consumers::new(&app.foundation, &app.db, NAME), app)
}

/// How many messages are not yet sent, for whoever waits for quiet.
pub async fn unsent(conn: &mut PgConnection) -> Result<i64> {
    messages::store::get_unsent_count(conn).await
}

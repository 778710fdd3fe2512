//! Renewals: for now its `NotificationService`, which sends every SMS and e-mail of the platform. Owns messages; says
//! `MessageAccepted` and `MessageFailed`; hears what the other contexts need told to people.

mod api;
mod config;
mod domain;
mod notices;
mod operations;
mod outcomes;
mod ports;
mod reactions;
mod sender;
mod store;
mod words;

use std::sync::Arc;

use anyhow::Context;
use careway_contract::renewals::v1::notification_service_server::NotificationServiceServer;
use careway_events::{Consumers, DeadLettersCommand, Relay};
use careway_service::{Database, Foundation, Migrator, NO_FUNCTIONS, Sealer, Service};
use sqlx::PgConnection;
use tokio::sync::Notify;

pub use config::Config;

/// The service's name.
pub const NAME: &str = "renewals";

/// The service's own tables.
pub static MIGRATOR: Migrator = Migrator { tables: sqlx::migrate!(), functions: NO_FUNCTIONS };

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Database,
    foundation: Foundation,
    sealer: Sealer,
    ports: ports::Ports,
    dispute_url: String,
    explanation_url: String,
    wake: Notify,
}

impl App {
    pub(crate) fn db(&self) -> &Database {
        &self.0.db
    }

    pub(crate) fn foundation(&self) -> &Foundation {
        &self.0.foundation
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    pub(crate) fn ports(&self) -> &ports::Ports {
        &self.0.ports
    }

    /// The address a member disputes a visit at; the token follows.
    pub(crate) fn dispute_url(&self) -> &str {
        &self.0.dispute_url
    }

    /// The address a member reads a claim's explanation at; the token follows.
    pub(crate) fn explanation_url(&self) -> &str {
        &self.0.explanation_url
    }

    /// Wakes the sender: something is due.
    pub(crate) fn wake(&self) -> &Notify {
        &self.0.wake
    }
}

/// Starts the service in this process.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    let app = open(config, &foundation).await?;
    let db = app.db().clone();
    Relay::new(&foundation, &db, NAME).start();
    consumers(&app).start().await?;
    foundation.tasks.spawn(sender::run(app.clone()));
    let routes = tonic::service::Routes::new(NotificationServiceServer::new(api::Api { app }));
    Ok(Service::new(NAME, routes, db, &foundation))
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
    Ok(App(Arc::new(Inner {
        db,
        foundation: foundation.clone(),
        sealer: Sealer::derive(&config.master_key, NAME)?,
        ports: ports::Ports::open(&config).await?,
        dispute_url: config.dispute_url,
        explanation_url: config.explanation_url,
        wake: Notify::new(),
    })))
}

/// What renewals hears.
fn consumers(app: &App) -> Consumers {
    Consumers::new(app.foundation(), app.db(), NAME)
        .on("visit_notices", app.clone(), reactions::visit_admitted)
        .on("visit_notices", app.clone(), reactions::visit_disputed)
        .on("visit_notices", app.clone(), reactions::visit_dispute_resolved)
        .on("visit_notices", app.clone(), reactions::admission_notice_due)
        .on("claim_notices", app.clone(), reactions::claim_submitted)
        .on("claim_notices", app.clone(), reactions::claim_decided)
        .on("claim_notices", app.clone(), reactions::claim_recalled)
        .on("claim_notices", app.clone(), reactions::claim_appealed)
        .on("claim_notices", app.clone(), reactions::payment_advice_paid)
        .on("preauthorization_notices", app.clone(), reactions::preauthorization_decided)
        .on("preauthorization_notices", app.clone(), reactions::preauthorization_pended)
        .on("preauthorization_notices", app.clone(), reactions::preauthorization_information_requested)
        .on("preauthorization_notices", app.clone(), reactions::preauthorization_answered)
        .on("preauthorization_notices", app.clone(), reactions::preauthorization_answer_missed)
        .on("preauthorization_notices", app.clone(), reactions::preauthorization_due)
        .on("preauthorization_notices", app.clone(), reactions::preauthorization_overdue)
        .on("preauthorization_notices", app.clone(), reactions::preauthorization_expired)
        .on("prescription_notices", app.clone(), reactions::prescription_issued)
        .on("prescription_notices", app.clone(), reactions::prescription_dispensed)
        .on("prescription_notices", app.clone(), reactions::prescription_cancelled)
}

/// How many messages are not yet sent, for whoever waits for quiet.
pub async fn unsent(connection: &mut PgConnection) -> sqlx::Result<i64> {
    store::message::count_unsent(connection).await
}

//! Who is asking, and is the patient really here.
//!
//! Owns organizations, accounts and their roles, API clients, sessions and signing keys; members and their contacts;
//! one-time codes. Says `OrganizationRegistered`, `AccountJoined`, `AccountDisabled`, `SessionEnded`,
//! `MemberRegistered`, `MemberChanged`, `MemberContactChanged`, `ChallengePassed`, `ChallengeLocked`… Hears
//! `MemberDataAccessed`, for the members' access log.

#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests are bound to no clock"))]

mod api;
mod bootstrap;
mod codes;
mod config;
mod domain;
mod error;
mod keys;
mod mail;
mod members;
mod operations;
mod passwords;
mod reactions;
mod revocations;
mod store;
mod throttle;
mod vault;

use std::sync::Arc;

use anyhow::Context as _;
use careway_events::DeadLettersCommand;
use careway_kernel::{Clock, CountryCode, PhoneNumber};
use careway_service::{AuditLog, Database, Foundation, Service};

pub use bootstrap::{Operator, bootstrap};
pub use config::{Config, MembersConfig};
pub use domain::roles::is_permission;

/// The service's name.
pub const NAME: &str = "identity";

/// The service's own tables.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) config: Arc<Config>,
    pub(crate) foundation: Foundation,
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) audit: AuditLog,
    pub(crate) members: Arc<members::Members>,
    pub(crate) vault: Arc<vault::Vault>,
    pub(crate) keys: keys::Keys,
    pub(crate) passwords: passwords::Passwords,
    pub(crate) throttle: throttle::Throttle,
    pub(crate) mail: mail::Mail,
}

impl App {
    fn new(config: Config, foundation: Foundation, db: Database) -> anyhow::Result<Self> {
        let vault = Arc::new(vault::Vault::new(&config.master_key)?);
        Ok(Self {
            members: Arc::new(members::Members::new(config.members.clone(), Arc::clone(&vault), &foundation)),
            clock: foundation.clock.clone(),
            audit: AuditLog::start(db.clone(), None, &foundation.tasks, foundation.shutdown.clone()),
            vault,
            keys: keys::Keys::default(),
            passwords: passwords::Passwords::new(config.password_memory_kib)?,
            throttle: throttle::Throttle::new(&foundation),
            mail: mail::Mail::new(&foundation, &config.portal_url),
            config: Arc::new(config),
            foundation,
            db,
        })
    }
}

/// Starts the service in this process.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    config.check()?;
    let db = database(&config, &foundation).await?;
    if let Some(operator) = Operator::from_config(&config)? {
        bootstrap(&db, &foundation.clock, &operator).await?;
    }
    // Every numbering plan is read at the first phone: better now than while the first member waits.
    tokio::task::spawn_blocking(|| PhoneNumber::parse("+250788000000", CountryCode::RW).ok()).await?;
    let app = App::new(config, foundation.clone(), db.clone())?;
    keys::start(&app).await?;
    revocations::start(&app);
    members::start(&app).await?;
    careway_events::Relay::new(&foundation, &db, NAME).start();
    Ok(Service::new(NAME, api::routes(app), db, &foundation))
}

/// What an operator does about the events that this service could not take.
pub async fn dead_letters(
    config: Config,
    foundation: Foundation,
    command: DeadLettersCommand,
) -> anyhow::Result<()> {
    let db = database(&config, &foundation).await?;
    let app = App::new(config, foundation, db)?;
    command.run(&members::consumers(&app).dead_letters()).await
}

async fn database(config: &Config, foundation: &Foundation) -> anyhow::Result<Database> {
    foundation.database(config.database_url.expose()).await.context("the identity database")
}

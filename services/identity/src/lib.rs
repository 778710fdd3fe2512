//! Who is asking, and is the patient really here.
//!
//! Owns organizations, accounts and their roles, API clients, sessions and signing keys; members and their contacts;
//! one-time codes. Says `OrganizationRegistered`, `AccountJoined`, `AccountDisabled`, `SessionEnded`,
//! `MemberRegistered`, `MemberChanged`, `MemberContactChanged`, `ChallengePassed`, `ChallengeLocked`… Hears
//! `MemberDataAccessed`, for the members' access log.
//!
//! Each folder is an aggregate with its rules (`domain`), statements (`store`), one file per operation, and its RPCs
//! (`api`). An aggregate uses only those that stand before it, so that there is no circle:
//!
//! revocations < organizations < accounts < API clients < sessions < members < challenges.
//!
//! Revocations stand first because accounts and organizations end sessions and API clients, which need accounts.

#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests are bound to no clock"))]

mod accounts;
mod api_clients;
mod bootstrap;
mod callers;
mod challenges;
mod changes;
mod config;
mod data_keys;
mod members;
mod opaque_token;
mod organizations;
mod revocations;
mod sessions;
#[cfg(test)]
mod tests;
mod throttle;

use std::sync::Arc;

use anyhow::Context as _;
use careway_events::DeadLettersCommand;
use careway_kernel::{Clock, CountryCode, PhoneNumber};
use careway_service::{AuditLog, Database, Foundation, Migrator, Service};
use include_dir::include_dir;

use careway_contract::identity::v1::{
    account_service_server::AccountServiceServer, api_client_service_server::ApiClientServiceServer,
    challenge_service_server::ChallengeServiceServer, key_service_server::KeyServiceServer,
    member_service_server::MemberServiceServer, organization_service_server::OrganizationServiceServer,
    session_service_server::SessionServiceServer,
};
use sessions::signing_keys;
use tonic::service::Routes;

pub use accounts::domain::roles::{Table as RoleTable, is_permission};
pub use bootstrap::{Operator, bootstrap};
pub use config::{Config, MembersConfig};

/// The service's name.
pub const NAME: &str = "identity";

/// The service's own tables.
pub static MIGRATOR: Migrator =
    Migrator { tables: sqlx::migrate!(), functions: include_dir!("$CARGO_MANIFEST_DIR/sql") };

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) config: Arc<Config>,
    pub(crate) foundation: Foundation,
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) audit: AuditLog,
    pub(crate) members: Arc<members::Members>,
    pub(crate) challenges: Arc<challenges::Challenges>,
    pub(crate) data_keys: Arc<data_keys::DataKeys>,
    pub(crate) keys: signing_keys::keyring::Keys,
    pub(crate) passwords: accounts::passwords::Passwords,
    pub(crate) throttle: throttle::Throttle,
    pub(crate) mail: accounts::mail::Mail,
}

impl App {
    fn new(config: Config, foundation: Foundation, db: Database) -> anyhow::Result<Self> {
        let data_keys = Arc::new(data_keys::DataKeys::new(&config.master_key)?);
        Ok(Self {
            members: Arc::new(members::Members::new()),
            challenges: Arc::new(challenges::Challenges::new(
                config.members.clone(),
                &data_keys,
                &foundation,
            )?),
            clock: foundation.clock.clone(),
            audit: AuditLog::start(db.clone(), None, &foundation.tasks, foundation.shutdown.clone()),
            data_keys,
            keys: signing_keys::keyring::Keys::default(),
            passwords: accounts::passwords::Passwords::new(config.password_memory_kib)?,
            throttle: throttle::Throttle::new(&foundation),
            mail: accounts::mail::Mail::new(&foundation, &config.portal_url),
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
    signing_keys::keyring::start(&app).await?;
    revocations::start(&app);
    members::consumers(&app).start().await?;
    challenges::start(&app);
    careway_events::Relay::new(&foundation, &db, NAME).start();
    Ok(Service::new(NAME, routes(app), db, &foundation))
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

/// Every service of identity.
fn routes(app: App) -> Routes {
    careway_service::routes!(
        app,
        AccountServiceServer,
        ApiClientServiceServer,
        ChallengeServiceServer,
        KeyServiceServer,
        MemberServiceServer,
        OrganizationServiceServer,
        SessionServiceServer
    )
}

//! Renewals: nobody loses cover for want of a notice; and every message the platform sends.
//!
//! Owns participants and their cards, agencies, data issues, renewals and what they cost; and every SMS and e-mail. Says
//! `ParticipantsImported`, `ContactChanged`, `DataIssueReported`, `CardRenewed`, `RenewalUndone`, `MessageAccepted`,
//! `MessageDelivered`, `MessageFailed`, `MessageBounced`, `ContactsSuspected` and `RouteDown`; hears identity's organizations and members, whether visits extended a cover, and
//! what people must be told.

mod agencies;
mod campaigns;
mod config;
mod contact_digests;
mod contact_keys;
mod data_issues;
mod exports;
mod imports;
mod members;
mod messages;
mod notices;
mod opt_outs;
mod organizations;
mod participants;
mod renewal_settings;
mod renewals;
mod templates;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use careway_contract::renewals::v1::{
    agency_service_server::AgencyServiceServer, campaign_service_server::CampaignServiceServer,
    data_issue_service_server::DataIssueServiceServer, import_service_server::ImportServiceServer,
    message_service_server::MessageServiceServer, notice_service_server::NoticeServiceServer,
    notification_service_server::NotificationServiceServer, opt_out_service_server::OptOutServiceServer,
    participant_service_server::ParticipantServiceServer, renewal_service_server::RenewalServiceServer,
    renewal_settings_service_server::RenewalSettingsServiceServer,
    template_service_server::TemplateServiceServer,
};
use careway_events::{Consumers, DeadLettersCommand, Relay};
use careway_kernel::{Clock, Email};
use careway_service::{AuditLog, Database, Fair, Foundation, Migrator, Result, Sealer, Service};
use contact_keys::ContactKeys;
use include_dir::include_dir;
use opt_outs::tokens::UnsubscribeTokens;
use prost_reflect::DescriptorPool;
use sqlx::PgConnection;
use tokio::sync::Notify;

pub use config::Config;
pub use messages::{Condition, RULES, Rule, To, sms_text};
pub use templates::BuiltInReminder;

/// The service's name.
pub const NAME: &str = "renewals";

/// The service's own tables.
pub static MIGRATOR: Migrator =
    Migrator { tables: sqlx::migrate!(), functions: include_dir!("$CARGO_MANIFEST_DIR/sql") };

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) audit: AuditLog,
    pub(crate) page_key: Arc<[u8; 32]>,
    pub(crate) contact_keys: ContactKeys,
    pub(crate) unsubscribe_tokens: UnsubscribeTokens,
    pub(crate) foundation: Foundation,
    /// The turns of lists that are downloaded.
    pub(crate) exports: Arc<Fair>,
    pub(crate) sealer: Sealer,
    pub(crate) ports: Arc<messages::Ports>,
    pub(crate) routes: Arc<messages::Routes>,
    /// What events look like.
    pub(crate) contract: DescriptorPool,
    /// The address a member disputes a visit at; the token follows.
    pub(crate) dispute_url: String,
    /// The address a member reads a claim's explanation at; the token follows.
    pub(crate) explanation_url: String,
    /// The address that ends reminders by mail; the token follows.
    pub(crate) unsubscribe_url: String,
    pub(crate) unsubscribe_mailbox: String,
    /// How often the clock is asked what is due.
    pub(crate) timer: Duration,
    /// Who watches renewals, and what wakes them.
    pub(crate) feed: renewals::Feed,
    /// Wakes who takes staged lists.
    pub(crate) import_work: Arc<Notify>,
    /// Wakes the senders: something is due.
    pub(crate) wakes: messages::Wakes,
}

/// Starts the service: its RPCs, its relay, its consumers and its sender.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    let app = open(config, &foundation).await?;
    Relay::new(&foundation, &app.db, NAME).start();
    consumers(&app).start().await?;
    foundation.tasks.spawn(messages::run_routes(app.clone()));
    foundation.tasks.spawn(messages::run_sender(app.clone()));
    foundation.tasks.spawn(imports::run_takers(app.clone()));
    foundation.tasks.spawn(campaigns::timers::run(app.clone()));
    foundation.tasks.spawn(contact_digests::run(app.clone()));
    foundation.tasks.spawn(app.feed.clone().run(app.db.clone(), foundation.shutdown.clone()));
    let routes = careway_service::routes!(
        app,
        NotificationServiceServer,
        MessageServiceServer,
        AgencyServiceServer,
        RenewalSettingsServiceServer,
        ParticipantServiceServer,
        DataIssueServiceServer,
        RenewalServiceServer,
        ImportServiceServer,
        TemplateServiceServer,
        OptOutServiceServer,
        CampaignServiceServer,
        NoticeServiceServer
    );
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
    let unsubscribe_mailbox =
        Email::parse(&config.unsubscribe_mailbox).context("CAREWAY_RENEWALS_UNSUBSCRIBE_MAILBOX")?;
    let db = foundation.database(config.database_url.expose()).await.context("the renewals database")?;
    Ok(App {
        clock: foundation.clock.clone(),
        audit: AuditLog::start(db.clone(), None, &foundation.tasks, foundation.shutdown.clone()),
        page_key: foundation.page_key.clone(),
        contact_keys: ContactKeys::derive(&config.master_key)?,
        unsubscribe_tokens: UnsubscribeTokens::derive(&config.master_key)?,
        db,
        foundation: foundation.clone(),
        exports: Arc::new(exports::turns()),
        sealer: Sealer::derive(&config.master_key, NAME)?,
        ports: Arc::new(messages::Ports::open(&config).await?),
        routes: Arc::new(messages::Routes::open(&config, &foundation.clock).await?),
        contract: DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).context("the contract")?,
        dispute_url: config.dispute_url,
        explanation_url: config.explanation_url,
        unsubscribe_url: config.unsubscribe_url,
        unsubscribe_mailbox: unsubscribe_mailbox.as_str().to_owned(),
        timer: Duration::from_secs(config.timer_seconds),
        feed: renewals::Feed::new(),
        import_work: Arc::default(),
        wakes: messages::Wakes::default(),
    })
}

/// What renewals hears: organizations and members, and every event that people are told of.
fn consumers(app: &App) -> Consumers {
    let consumers = Consumers::new(&app.foundation, &app.db, NAME)
        .on("organization_ref", app.clone(), organizations::on_organization::organization_registered)
        .on("organization_ref", app.clone(), organizations::on_organization::organization_changed)
        .on("member_ref", app.clone(), members::on_member::member_registered)
        .on("member_ref", app.clone(), members::on_member::member_changed)
        .on("renewal_covers", app.clone(), renewals::on_cover::renewal_covered)
        .on("renewal_covers", app.clone(), renewals::on_cover::renewal_not_covered);
    messages::hear(consumers, app)
}

/// How many messages are not yet sent, for whoever waits for quiet.
pub async fn unsent(conn: &mut PgConnection) -> Result<i64> {
    messages::store::get_unsent_count(conn).await
}

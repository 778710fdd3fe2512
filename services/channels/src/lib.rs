//! Providers' appointments in partners' call centres, and what the platform tells partner systems. Owns channels' profiles,
//! contracts, declarations of consent, what providers offer, connections, what channels are told of, holds, bookings and webhooks.
//! Says `ConnectionChanged`, `ServiceNoticeSent`, `ServicePublished`, `ServiceWithdrawn`, `PriceNoticeSent`, `ServiceDurationChanged`,
//! `NoticeAcknowledged`, `AvailabilityChanged`, `BookingMade`, `BookingChanged`, `BookingCancelled` and `WebhookEndpointDisabled`; hears identity's
//! organizations, what became of the mails to channels, and for webhooks every event.

mod actions_center;
mod availability;
mod bookings;
mod channel_bookings;
mod channel_contracts;
mod channel_notices;
mod channels;
mod closures;
mod config;
mod connections;
mod consents;
mod event_types;
mod feeds;
mod holds;
mod joint_tests;
mod notices;
mod occupations;
mod organizations;
mod outbound;
mod parties;
mod prices;
mod resources;
mod services;
mod slots;
mod smart;
#[cfg(test)]
mod tests;
mod tries;
#[cfg(test)]
mod vectors;
mod webhook_endpoints;
mod webhook_messages;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use careway_contract::channels::v1::{
    actions_center_service_server::ActionsCenterServiceServer, booking_service_server::BookingServiceServer,
    channel_booking_service_server::ChannelBookingServiceServer,
    channel_contract_service_server::ChannelContractServiceServer,
    channel_notice_service_server::ChannelNoticeServiceServer, channel_service_server::ChannelServiceServer,
    closure_service_server::ClosureServiceServer, connection_service_server::ConnectionServiceServer,
    consent_service_server::ConsentServiceServer, event_type_service_server::EventTypeServiceServer,
    feed_service_server::FeedServiceServer, hold_service_server::HoldServiceServer,
    joint_test_service_server::JointTestServiceServer, notice_service_server::NoticeServiceServer,
    offered_service_service_server::OfferedServiceServiceServer, price_service_server::PriceServiceServer,
    resource_service_server::ResourceServiceServer, slot_service_server::SlotServiceServer,
    smart_scheduling_service_server::SmartSchedulingServiceServer,
    webhook_endpoint_service_server::WebhookEndpointServiceServer,
    webhook_message_service_server::WebhookMessageServiceServer,
};
use careway_events::{Consumers, DeadLettersCommand, Relay};
use careway_kernel::Clock;
use careway_service::{AuditLog, Database, Foundation, Migrator, Sealer, Service};
use include_dir::include_dir;
use tokio::sync::{Notify, Semaphore};

pub use config::Config;
use event_types::{CONTEXTS, Catalogue};
use outbound::Outbound;
use webhook_endpoints::keys::WebhookKeys;

/// The service's name.
pub const NAME: &str = "channels";

/// The service's own tables.
pub static MIGRATOR: Migrator =
    Migrator { tables: sqlx::migrate!(), functions: include_dir!("$CARGO_MANIFEST_DIR/sql") };

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) audit: AuditLog,
    /// Seals whom channels book for.
    pub(crate) patients: Sealer,
    pub(crate) page_key: Arc<[u8; 32]>,
    pub(crate) foundation: Foundation,
    pub(crate) catalogue: Arc<Catalogue>,
    /// Asks other organizations' systems.
    pub(crate) outbound: Outbound,
    pub(crate) webhook_keys: WebhookKeys,
    /// Careway's customer service.
    pub(crate) support_address: String,
    /// How often the clock is asked what is due.
    pub(crate) timer: Duration,
    /// Wakes who looks after connections: what providers offer has changed.
    pub(crate) offer_changed: Arc<Notify>,
    /// Wakes who gives changes their places in the feeds.
    pub(crate) feed_changed: Arc<Notify>,
    /// Wakes who hands mails over.
    pub(crate) mail_waits: Arc<Notify>,
    /// Wakes who sends webhooks.
    pub(crate) webhook_due: Arc<Notify>,
    /// The turn of computing slots for whoever asks without a token.
    pub(crate) smart_turn: Arc<Semaphore>,
}

/// Starts the service: its RPCs, its relay, its consumers and its timers.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    let app = open(config, &foundation).await?;
    Relay::new(&foundation, &app.db, NAME).start();
    consumers(&app).start().await?;
    foundation.tasks.spawn(connections::timers::run(app.clone()));
    foundation.tasks.spawn(connections::timers::run_mails(app.clone()));
    foundation.tasks.spawn(connections::timers::run_pulses(app.clone()));
    foundation.tasks.spawn(webhook_messages::timers::run(app.clone()));
    foundation.tasks.spawn(webhook_messages::turns::run(app.clone()));
    foundation.tasks.spawn(bookings::timers::run(app.clone()));
    foundation.tasks.spawn(channel_notices::timers::run(app.clone()));
    foundation.tasks.spawn(feeds::timers::run(app.clone()));
    foundation.tasks.spawn(feeds::timers::run_forgetting(app.clone()));
    foundation.tasks.spawn(actions_center::timers::run(app.clone()));
    foundation.tasks.spawn(availability::timers::run(app.clone()));
    let routes = careway_service::routes!(
        app,
        EventTypeServiceServer,
        ChannelServiceServer,
        ChannelContractServiceServer,
        ConsentServiceServer,
        ResourceServiceServer,
        OfferedServiceServiceServer,
        SlotServiceServer,
        PriceServiceServer,
        ConnectionServiceServer,
        JointTestServiceServer,
        WebhookEndpointServiceServer,
        WebhookMessageServiceServer,
        HoldServiceServer,
        BookingServiceServer,
        ChannelBookingServiceServer,
        ClosureServiceServer,
        FeedServiceServer,
        SmartSchedulingServiceServer,
        ActionsCenterServiceServer,
        ChannelNoticeServiceServer,
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
    let db = foundation.database(config.database_url.expose()).await.context("the channels database")?;
    Ok(App {
        clock: foundation.clock.clone(),
        audit: AuditLog::start(db.clone(), None, &foundation.tasks, foundation.shutdown.clone()),
        patients: Sealer::derive(&config.master_key, NAME).context("CAREWAY_CHANNELS_MASTER_KEY")?,
        db,
        page_key: foundation.page_key.clone(),
        foundation: foundation.clone(),
        catalogue: Arc::new(Catalogue::read()?),
        outbound: Outbound::open(config.private_addresses, Duration::from_secs(config.answer_seconds))?,
        webhook_keys: WebhookKeys::derive(&config.master_key)?,
        support_address: config.support_address,
        timer: Duration::from_secs(config.timer_seconds),
        offer_changed: Arc::default(),
        feed_changed: Arc::default(),
        mail_waits: Arc::default(),
        webhook_due: Arc::default(),
        smart_turn: Arc::new(Semaphore::new(1)),
    })
}

/// What channels hears; webhooks hear everything.
fn consumers(app: &App) -> Consumers {
    let consumers = Consumers::new(&app.foundation, &app.db, NAME)
        .on("organization_ref", app.clone(), organizations::on_organization::organization_registered)
        .on("organization_ref", app.clone(), feeds::on_organization_changed::organization_changed)
        .on("connection_mails", app.clone(), connections::on_message::message_accepted)
        .on("connection_mails", app.clone(), connections::on_message::message_failed);
    CONTEXTS.into_iter().fold(consumers, |consumers, context| {
        consumers.on_every("webhooks", context, app.clone(), webhook_messages::on_event::events)
    })
}

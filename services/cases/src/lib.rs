//! Support cases: partners get help, from the portal or from their inbox.
//!
//! Owns interest forms, case forms, cases with what is said in them and the files of it, the mail that comes in, service levels and
//! work calendars. Says what happens to a case, `CaseOpened` to `CaseClosed`; hears identity's organizations, and who may act for
//! them no more.

mod attachments;
mod case_forms;
mod case_keys;
mod case_notices;
mod cases;
mod config;
mod document_rows;
mod inbound_mail;
mod interest_forms;
mod json;
mod notices;
mod organizations;
mod service_levels;
#[cfg(test)]
mod vectors;
mod work_calendars;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use attachments::Attachments;
use careway_contract::cases::v1::{
    attachment_service_server::AttachmentServiceServer, case_form_service_server::CaseFormServiceServer,
    case_notice_service_server::CaseNoticeServiceServer, case_service_server::CaseServiceServer,
    inbound_mail_service_server::InboundMailServiceServer,
    interest_form_service_server::InterestFormServiceServer, notice_service_server::NoticeServiceServer,
    service_level_service_server::ServiceLevelServiceServer,
    work_calendar_service_server::WorkCalendarServiceServer,
};
use careway_events::{Consumers, DeadLettersCommand, Relay};
use careway_kernel::Clock;
use careway_service::{AuditLog, Database, Foundation, Migrator, NO_FUNCTIONS, Service};
use case_keys::CaseKeys;
use case_notices::MailNames;
use cases::domain::timing::Timing;
use inbound_mail::InboundMail;
use interest_forms::keys::InterestKeys;
use service_levels::ServiceLevels;
use tokio::sync::Notify;

pub use config::Config;
pub use inbound_mail::{MailReader, lmtp::LmtpAddress};

/// The service's name.
pub const NAME: &str = "cases";

/// The service's own tables.
pub static MIGRATOR: Migrator = Migrator { tables: sqlx::migrate!(), functions: NO_FUNCTIONS };

/// What the operations share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) audit: AuditLog,
    pub(crate) page_key: Arc<[u8; 32]>,
    pub(crate) case_keys: CaseKeys,
    pub(crate) foundation: Foundation,
    /// How often the clock is asked what is due.
    pub(crate) timer: Duration,
    /// When the clock does something in a case.
    pub(crate) timing: Timing,
    /// Who watches cases, and what wakes them.
    pub(crate) feed: cases::Feed,
    pub(crate) mail_names: MailNames,
    /// Our side of the mail that comes in.
    pub(crate) inbound_mail: InboundMail,
    /// Where a case is read; its number follows.
    pub(crate) case_url: String,
    pub(crate) interest_keys: InterestKeys,
    /// Where the link of an interest form leads.
    pub(crate) interest_url: String,
    /// Wakes whoever hands over mails about interest forms.
    pub(crate) interest_mail: Arc<Notify>,
    /// What cases are measured by.
    pub(crate) service_levels: ServiceLevels,
    pub(crate) attachments: Attachments,
}

/// Starts the service: its RPCs, its relay, its consumers and its timers.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    let lmtp_listen = config.lmtp_listen.clone();
    let app = open(config, &foundation).await?;
    Relay::new(&foundation, &app.db, NAME).start();
    consumers(&app).start().await?;
    foundation.tasks.spawn(cases::timers::run(app.clone()));
    foundation.tasks.spawn(interest_forms::timers::run(app.clone()));
    foundation.tasks.spawn(inbound_mail::timers::run(app.clone()));
    foundation.tasks.spawn(app.feed.clone().run(app.db.clone(), foundation.shutdown.clone()));
    foundation.tasks.spawn(attachments::run_expiry(app.clone()));
    let (rows, files) = (document_rows::Rows(app.db.clone()), app.attachments.files.clone());
    foundation.tasks.spawn(files.run_timers(rows, app.clock.clone(), foundation.shutdown.clone()));
    if let Some(address) = &lmtp_listen {
        inbound_mail::lmtp::start(&app, address).await.context("CAREWAY_CASES_LMTP_LISTEN")?;
    }
    let routes = careway_service::routes!(
        app,
        CaseFormServiceServer,
        WorkCalendarServiceServer,
        ServiceLevelServiceServer,
        AttachmentServiceServer,
        CaseServiceServer,
        InterestFormServiceServer,
        InboundMailServiceServer,
        NoticeServiceServer,
        CaseNoticeServiceServer
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
    let db = foundation.database(config.database_url.expose()).await.context("the cases database")?;
    let timing = config.timing()?;
    Ok(App {
        clock: foundation.clock.clone(),
        audit: AuditLog::start(db.clone(), None, &foundation.tasks, foundation.shutdown.clone()),
        page_key: foundation.page_key.clone(),
        case_keys: CaseKeys::derive(&config.master_key)?,
        interest_keys: InterestKeys::derive(&config.master_key)?,
        interest_mail: Arc::default(),
        db,
        foundation: foundation.clone(),
        timer: Duration::from_secs(config.timer_seconds),
        timing,
        feed: cases::Feed::new(),
        mail_names: MailNames::new(&config.master_key, &config.support_mailbox, &config.bounce_mailbox)
            .context("CAREWAY_CASES_SUPPORT_MAILBOX and CAREWAY_CASES_BOUNCE_MAILBOX")?,
        inbound_mail: InboundMail::new(&config)?,
        case_url: config.case_url,
        interest_url: config.interest_url,
        service_levels: ServiceLevels::default(),
        attachments: Attachments::open(config.documents.0, &config.master_key, foundation)?,
    })
}

/// What cases hears: organizations, and who may act for them no more.
fn consumers(app: &App) -> Consumers {
    Consumers::new(&app.foundation, &app.db, NAME)
        .on("organization_ref", app.clone(), organizations::on_organization::organization_registered)
        .on("organization_ref", app.clone(), organizations::on_organization::organization_changed)
        .on("case_people", app.clone(), cases::on_account::account_disabled)
        .on("case_people", app.clone(), cases::on_account::account_roles_changed)
        .on("case_people", app.clone(), cases::on_organization::organization_changed)
        .on("case_notice_access", app.clone(), case_notices::account_disabled)
        .on("case_notice_access", app.clone(), case_notices::account_roles_changed)
        .on("case_notice_access", app.clone(), case_notices::organization_changed)
        .on("case_notices", app.clone(), case_notices::message_accepted)
        .on("case_notices", app.clone(), case_notices::message_failed)
        .on("case_notices", app.clone(), case_notices::message_bounced)
}

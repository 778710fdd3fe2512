//! Visits: the patient is admitted, the cover is known, the work is paid.
//!
//! Owns plans and their versions, coverages, contracts and price lists between payers and facilities, payers' rules for
//! claims, the benefit ledger, lines of care, visits and their documents, pre-authorizations, claims and prescriptions.
//! Says what becomes of each of them, from `VisitStarted` to `PaymentAdvicePaid`; hears identity's `MemberRegistered` and
//! `MemberChanged`, for the number and family that a coverage is made with, what organizations are called, and renewals'
//! `CardRenewed` and `RenewalUndone`, by which a cover is extended or ends.

#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests are bound to no clock"))]

mod adjudication;
mod audit;
mod benefits;
mod claims;
mod config;
mod contracts;
mod coverages;
mod documents;
mod medical_file;
mod notices;
mod organizations;
mod payer_rules;
mod plans;
mod preauthorizations;
mod prescriptions;
mod seal;
mod service_lines;
mod settings;
mod tariffs;
#[cfg(test)]
mod tests;
mod texts;
mod timers;
mod visits;

use std::sync::Arc;

use careway_contract::visits::v1::{
    benefit_service_server::BenefitServiceServer, claim_rules_service_server::ClaimRulesServiceServer,
    claim_service_server::ClaimServiceServer, contract_service_server::ContractServiceServer,
    coverage_service_server::CoverageServiceServer, document_service_server::DocumentServiceServer,
    medical_file_service_server::MedicalFileServiceServer, notice_service_server::NoticeServiceServer,
    payment_advice_service_server::PaymentAdviceServiceServer, plan_service_server::PlanServiceServer,
    preauthorization_service_server::PreauthorizationServiceServer,
    prescription_service_server::PrescriptionServiceServer, tariff_service_server::TariffServiceServer,
    visit_override_service_server::VisitOverrideServiceServer,
    visit_rules_service_server::VisitRulesServiceServer, visit_service_server::VisitServiceServer,
};
use careway_events::{Consumers, DeadLettersCommand, Relay};
use careway_kernel::Clock;
use careway_service::{AuditLog, Database, Foundation, Imports, Migrator, Service};
use include_dir::include_dir;

pub use adjudication::{Bearer, CLAIM_REFUSALS, ClaimRefusal, RefusalGroup};
pub use config::{Config, VisitsSettings};
use documents::Documents;
use plans::store::cache::PlanCache;
use settings::VisitsContext;

/// The service's name, in the registry, in streams and in logs.
pub const NAME: &str = "visits";

/// The database's migrations.
pub static MIGRATOR: Migrator =
    Migrator { tables: sqlx::migrate!(), functions: include_dir!("$CARGO_MANIFEST_DIR/sql") };

/// What every operation has at hand. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) db: Database,
    pub(crate) clock: Clock,
    pub(crate) audit: AuditLog,
    pub(crate) page_key: Arc<[u8; 32]>,
    /// Versions of plans, which never change.
    pub(crate) plans: PlanCache,
    pub(crate) context: VisitsContext,
    pub(crate) documents: Documents,
    /// Lists that people upload.
    pub(crate) imports: Imports,
}

/// Starts the service: its RPCs, its relay, its consumers and its timers.
pub async fn start(config: Config, foundation: Foundation) -> anyhow::Result<Service> {
    let app = open(config, &foundation).await?;
    Relay::new(&foundation, &app.db, NAME).start();
    consumers(&app, &foundation).start().await?;
    foundation.tasks.spawn(timers::run(app.clone(), foundation.shutdown.clone()));
    let rows = documents::rows::Rows(app.db.clone());
    let timers = app.documents.files.clone().run_timers(rows, app.clock.clone(), foundation.shutdown.clone());
    foundation.tasks.spawn(timers);
    let routes = careway_service::routes!(
        app,
        PlanServiceServer,
        CoverageServiceServer,
        ContractServiceServer,
        BenefitServiceServer,
        DocumentServiceServer,
        TariffServiceServer,
        ClaimRulesServiceServer,
        VisitServiceServer,
        PrescriptionServiceServer,
        MedicalFileServiceServer,
        VisitOverrideServiceServer,
        VisitRulesServiceServer,
        PreauthorizationServiceServer,
        ClaimServiceServer,
        PaymentAdviceServiceServer,
        NoticeServiceServer
    );
    Ok(Service::new(NAME, routes, app.db.clone(), &foundation))
}

/// What an operator does about the events that this service could not take.
pub async fn dead_letters(
    config: Config,
    foundation: Foundation,
    command: DeadLettersCommand,
) -> anyhow::Result<()> {
    let app = open(config, &foundation).await?;
    command.run(&consumers(&app, &foundation).dead_letters()).await
}

async fn open(config: Config, foundation: &Foundation) -> anyhow::Result<App> {
    let db = foundation.database(config.database_url.expose()).await?;
    Ok(App {
        clock: foundation.clock.clone(),
        audit: AuditLog::start(db.clone(), Some(audit::tell), &foundation.tasks, foundation.shutdown.clone()),
        page_key: foundation.page_key.clone(),
        plans: PlanCache::default(),
        imports: foundation.imports.clone(),
        documents: Documents::new(config.documents.0, &config.settings.master_key, foundation)?,
        context: VisitsContext::new(config.settings, foundation)?,
        db,
    })
}

/// What visits hears.
fn consumers(app: &App, foundation: &Foundation) -> Consumers {
    Consumers::new(foundation, &app.db, NAME)
        .on("organization_ref", app.clone(), organizations::on_organization::organization_registered)
        .on("organization_ref", app.clone(), organizations::on_organization::organization_changed)
        .on("member_ref", app.clone(), coverages::on_member::member_registered)
        .on("member_ref", app.clone(), coverages::on_member::member_changed)
        .on("renewal_covers", app.clone(), coverages::on_renewal::card_renewed)
        .on("renewal_covers", app.clone(), coverages::on_renewal::renewal_undone)
}

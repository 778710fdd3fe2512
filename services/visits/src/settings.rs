//! What visits runs with: its settings, its keys, and its way to identity.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use careway_contract::identity::v1::challenge_service_client::ChallengeServiceClient;
use careway_kernel::Redacted;
use careway_service::{Foundation, ServiceIdentity, Upstream};

use crate::seal::Keys;

/// The settings of visits.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "visits")]
pub struct VisitsSettings {
    /// What identifiers and members' data are sealed and hashed with; at least 32 characters.
    #[arg(
        id = "visits_master_key",
        long = "visits-master-key",
        env = "CAREWAY_VISITS_MASTER_KEY",
        hide_env_values = true
    )]
    pub master_key: Redacted,
    /// How many days back a service date may lie.
    #[arg(
        id = "visits_service_date_days_back",
        long = "visits-service-date-days-back",
        env = "CAREWAY_VISITS_SERVICE_DATE_DAYS_BACK",
        default_value_t = 7
    )]
    pub service_date_days_back: u16,
    /// A visit whose code was never given ends after so many minutes.
    #[arg(
        id = "visits_unverified_minutes",
        long = "visits-unverified-minutes",
        env = "CAREWAY_VISITS_UNVERIFIED_MINUTES",
        default_value_t = 120
    )]
    pub unverified_minutes: u32,
    /// A verified visit that nobody admits ends after so many hours; so does a requested override.
    #[arg(
        id = "visits_unadmitted_hours",
        long = "visits-unadmitted-hours",
        env = "CAREWAY_VISITS_UNADMITTED_HOURS",
        default_value_t = 24
    )]
    pub unadmitted_hours: u32,
    /// For so many hours after the discharge the facility may still read the member's data.
    #[arg(
        id = "visits_grace_hours",
        long = "visits-grace-hours",
        env = "CAREWAY_VISITS_GRACE_HOURS",
        default_value_t = 72
    )]
    pub grace_hours: u32,
    /// How many overrides a facility may ask for on one day.
    #[arg(
        id = "visits_overrides_per_day",
        long = "visits-overrides-per-day",
        env = "CAREWAY_VISITS_OVERRIDES_PER_DAY",
        default_value_t = 20
    )]
    pub overrides_per_day: u16,
    /// Within so many hours of an inpatient's admission the payer wants notice, unless it says otherwise.
    #[arg(
        id = "visits_admission_notice_hours",
        long = "visits-admission-notice-hours",
        env = "CAREWAY_VISITS_ADMISSION_NOTICE_HOURS",
        default_value_t = 24
    )]
    pub admission_notice_hours: u16,
    /// At this part of that time the facility is warned, in per cent.
    #[arg(
        id = "visits_admission_warning_percent",
        long = "visits-admission-warning-percent",
        env = "CAREWAY_VISITS_ADMISSION_WARNING_PERCENT",
        default_value_t = 75
    )]
    pub admission_warning_percent: u8,
    /// How often timers look for visits that are due, in seconds.
    #[arg(
        id = "visits_timer_seconds",
        long = "visits-timer-seconds",
        env = "CAREWAY_VISITS_TIMER_SECONDS",
        default_value_t = 15
    )]
    pub timer_seconds: u32,
}

/// Shared by the operations of visits. Cheap to clone.
#[derive(Clone)]
pub(crate) struct VisitsContext {
    pub(crate) settings: Arc<VisitsSettings>,
    pub(crate) keys: Keys,
    pub(crate) identity: ServiceIdentity,
    identity_service: Upstream,
}

impl VisitsContext {
    /// Checks the settings and derives the keys.
    pub(crate) fn new(settings: VisitsSettings, foundation: &Foundation) -> anyhow::Result<Self> {
        anyhow::ensure!(
            (1..=100).contains(&settings.admission_warning_percent),
            "CAREWAY_VISITS_ADMISSION_WARNING_PERCENT must be 1 to 100"
        );
        anyhow::ensure!(settings.timer_seconds > 0, "CAREWAY_VISITS_TIMER_SECONDS must not be 0");
        Ok(Self {
            keys: Keys::derive(&settings.master_key).context("the master key of visits")?,
            settings: Arc::new(settings),
            identity: foundation.identity.clone(),
            identity_service: foundation.registry.upstream("identity"),
        })
    }

    /// Identity's one-time codes.
    pub(crate) fn challenges(&self) -> ChallengeServiceClient<Upstream> {
        ChallengeServiceClient::new(self.identity_service.clone())
    }
}

impl VisitsSettings {
    pub(crate) fn unverified(&self) -> chrono::Duration {
        chrono::Duration::minutes(self.unverified_minutes.into())
    }

    pub(crate) fn unadmitted(&self) -> chrono::Duration {
        chrono::Duration::hours(self.unadmitted_hours.into())
    }

    pub(crate) fn grace(&self) -> chrono::Duration {
        chrono::Duration::hours(self.grace_hours.into())
    }

    pub(crate) fn timer(&self) -> Duration {
        Duration::from_secs(self.timer_seconds.into())
    }
}

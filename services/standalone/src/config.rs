//! The settings of the whole platform: the shared ones, and each service's own, under the same names as apart.

use careway_service::{Settings, run};

/// Everything one process of the whole platform needs to know.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Config {
    /// What every process shares.
    #[command(flatten)]
    pub settings: Settings,
    /// The gateway's.
    #[command(flatten)]
    pub gateway: careway_gateway::Config,
    /// Identity's.
    #[command(flatten)]
    pub identity: careway_identity::Config,
    /// Visits'.
    #[command(flatten)]
    pub visits: careway_visits::Config,
    /// Renewals'.
    #[command(flatten)]
    pub renewals: careway_renewals::Config,
    /// Cases'.
    #[command(flatten)]
    pub cases: careway_cases::Config,
    /// Channels'.
    #[command(flatten)]
    pub channels: careway_channels::Config,
}

#[derive(clap::Parser)]
struct Whole {
    #[command(flatten)]
    config: Config,
}

impl Config {
    /// From a list of `CAREWAY_*` settings.
    ///
    /// # Errors
    /// A setting that is missing or not valid.
    pub fn from_settings(settings: &[(String, String)]) -> anyhow::Result<Self> {
        Ok(run::parse_settings::<Whole>(settings)?.config)
    }
}

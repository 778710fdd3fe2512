//! The settings of the whole platform: the shared ones, and each service's own, under the same names as apart.

use careway_service::Settings;

/// Everything one process of the whole platform needs to know.
#[derive(Debug, Clone, clap::Args)]
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

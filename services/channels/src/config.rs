//! The service's settings.

use careway_kernel::Redacted;

/// What channels needs to know.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Config {
    /// The service's database, as its app role.
    #[arg(
        id = "channels_database_url",
        long = "channels-database-url",
        env = "CAREWAY_CHANNELS_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Redacted,
}

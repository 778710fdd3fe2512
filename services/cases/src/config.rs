//! The service's settings.

use careway_kernel::Redacted;

/// What cases needs to know.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Config {
    /// The service's database, as its app role.
    #[arg(
        id = "cases_database_url",
        long = "cases-database-url",
        env = "CAREWAY_CASES_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Redacted,
}

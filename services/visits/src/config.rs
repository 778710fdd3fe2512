//! The settings of the visits service.

use careway_documents::DocumentArgs;
use careway_kernel::Redacted;

pub use crate::settings::VisitsSettings;

/// Everything the visits service can be told.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "visits")]
pub struct Config {
    /// The database, as the role that runs the service: neither owner nor exempt from row-level security.
    #[arg(
        id = "visits_database_url",
        long = "visits-database-url",
        env = "CAREWAY_VISITS_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Redacted,
    /// How visits run.
    #[command(flatten)]
    pub settings: VisitsSettings,
    /// How documents are kept.
    #[command(flatten)]
    pub documents: DocumentArgs,
}

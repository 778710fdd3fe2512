//! The settings of the identity service.

pub(crate) mod members;

use careway_kernel::Redacted;
use chrono::Duration;

pub use members::MembersConfig;

use crate::{accounts, sessions::domain::Lifetimes};

/// Everything identity can be told. Secrets may be given as a file: `CAREWAY_IDENTITY_MASTER_KEY_FILE`.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "identity")]
pub struct Config {
    /// The service's database, as its app role.
    #[arg(
        id = "identity_database_url",
        long = "identity-database-url",
        env = "CAREWAY_IDENTITY_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Redacted,
    /// What secrets and personal data at rest are sealed with; at least 32 characters. Losing it loses them.
    #[arg(long = "identity-master-key", env = "CAREWAY_IDENTITY_MASTER_KEY", hide_env_values = true)]
    pub master_key: Redacted,
    /// Where people open Careway in a browser: invitation and reset links lead there.
    #[arg(long = "identity-portal-url", env = "CAREWAY_PORTAL_URL", default_value = "http://localhost:8080")]
    pub portal_url: String,
    /// Hours a session lives without a refresh.
    #[arg(long, env = "CAREWAY_IDENTITY_SESSION_IDLE_HOURS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=720))]
    pub session_idle_hours: u32,
    /// Days a session lives in all.
    #[arg(long, env = "CAREWAY_IDENTITY_SESSION_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=365))]
    pub session_days: u32,
    /// Days a signing key signs before the next one takes over.
    #[arg(long, env = "CAREWAY_IDENTITY_SIGNING_KEY_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=365))]
    pub signing_key_days: u32,
    /// KiB of memory that hashing one password takes. Less than the default (OWASP's recommendation) makes stolen hashes
    /// cheap to guess: only for tests.
    #[arg(long, env = "CAREWAY_IDENTITY_PASSWORD_MEMORY_KIB", default_value_t = accounts::domain::password::MEMORY_KIB, value_parser = clap::value_parser!(u32).range(64..=1_048_576))]
    pub password_memory_kib: u32,
    /// The first operator's address: made, with the platform's organization, when there is none yet.
    #[arg(long, env = "CAREWAY_IDENTITY_OPERATOR_EMAIL")]
    pub operator_email: Option<String>,
    /// The first operator's password; not looked at afterwards.
    #[arg(long, env = "CAREWAY_IDENTITY_OPERATOR_PASSWORD", hide_env_values = true)]
    pub operator_password: Option<Redacted>,
    /// Members and one-time codes.
    #[command(flatten)]
    pub members: MembersConfig,
}

impl Config {
    /// Refuses what would not be safe.
    pub fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.master_key.expose().len() >= 32,
            "CAREWAY_IDENTITY_MASTER_KEY must have at least 32 characters (openssl rand -base64 32)"
        );
        // Not clap's `requires`: that overlooks what was given as a file.
        anyhow::ensure!(
            self.operator_email.is_some() == self.operator_password.is_some(),
            "CAREWAY_IDENTITY_OPERATOR_EMAIL and CAREWAY_IDENTITY_OPERATOR_PASSWORD are given together"
        );
        self.members.check()
    }

    pub(crate) fn lifetimes(&self) -> Lifetimes {
        Lifetimes {
            idle: Duration::hours(i64::from(self.session_idle_hours)),
            absolute: Duration::days(i64::from(self.session_days)),
        }
    }

    pub(crate) fn signing_key_age(&self) -> Duration {
        Duration::days(i64::from(self.signing_key_days))
    }
}

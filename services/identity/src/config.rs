//! The settings of the identity service.

use careway_kernel::Redacted;
use chrono::Duration;

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

/// Members, and the limits of one-time codes. Every limit is per Careway installation.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct MembersConfig {
    /// Beginnings of E.164 numbers, separated by commas, that belong to nobody, like `+25078999`: a code for one of them is
    /// always `000000`, and is not sent. For partners who try their systems out; only with `CAREWAY_DEVELOPMENT`.
    #[arg(long, env = "CAREWAY_IDENTITY_SANDBOX_NUMBERS", value_delimiter = ',')]
    pub sandbox_numbers: Vec<String>,
    /// Whether this installation is for development: nobody's health depends on it.
    #[arg(long = "identity-development", env = "CAREWAY_DEVELOPMENT", action = clap::ArgAction::Set, default_value_t = false)]
    pub identity_development: bool,
    /// The secret that one-time codes are hashed with; at least 32 characters. It must not be kept where Redis is.
    #[arg(long, env = "CAREWAY_IDENTITY_CODE_PEPPER", hide_env_values = true)]
    pub code_pepper: Redacted,
    /// Seconds a code is valid; never above 600.
    #[arg(long, env = "CAREWAY_IDENTITY_CODE_SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(60..=600))]
    pub code_seconds: u32,
    /// Tries per code.
    #[arg(long, env = "CAREWAY_IDENTITY_CODE_TRIES", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10))]
    pub code_tries: u32,
    /// Seconds before another code may be asked for the same member.
    #[arg(long, env = "CAREWAY_IDENTITY_CODE_RESEND_SECONDS", default_value_t = 60)]
    pub code_resend_seconds: u32,
    /// Codes per member in ten minutes.
    #[arg(long, env = "CAREWAY_IDENTITY_CODES_PER_MEMBER_10_MIN", default_value_t = 3)]
    pub codes_per_member_10_min: u32,
    /// Codes per member in a day.
    #[arg(long, env = "CAREWAY_IDENTITY_CODES_PER_MEMBER_DAY", default_value_t = 10)]
    pub codes_per_member_day: u32,
    /// Codes per facility in ten minutes.
    #[arg(long, env = "CAREWAY_IDENTITY_CODES_PER_FACILITY_10_MIN", default_value_t = 30)]
    pub codes_per_facility_10_min: u32,
    /// Codes per facility in a day.
    #[arg(long, env = "CAREWAY_IDENTITY_CODES_PER_FACILITY_DAY", default_value_t = 300)]
    pub codes_per_facility_day: u32,
    /// Codes per staff member in ten minutes.
    #[arg(long, env = "CAREWAY_IDENTITY_CODES_PER_STAFF_10_MIN", default_value_t = 20)]
    pub codes_per_staff_10_min: u32,
    /// Codes per network (IPv4 /24, IPv6 /56) in ten minutes.
    #[arg(long, env = "CAREWAY_IDENTITY_CODES_PER_NETWORK_10_MIN", default_value_t = 30)]
    pub codes_per_network_10_min: u32,
    /// Messages per number prefix (the first six digits) in an hour: beyond it none are sent.
    #[arg(long, env = "CAREWAY_IDENTITY_CODES_PER_PREFIX_HOUR", default_value_t = 2000)]
    pub codes_per_prefix_hour: u32,
    /// Messages per payer in a day: beyond it none are sent.
    #[arg(long, env = "CAREWAY_IDENTITY_CODES_PER_PAYER_DAY", default_value_t = 50_000)]
    pub codes_per_payer_day: u32,
    /// Wrong codes per member and facility in a day; beyond it every code is rejected there.
    #[arg(long, env = "CAREWAY_IDENTITY_CODE_FAILURES_PER_MEMBER_AND_FACILITY_DAY", default_value_t = 20)]
    pub failures_per_member_and_facility_day: u32,
    /// Wrong codes per member in a day; beyond it every code is rejected.
    #[arg(long, env = "CAREWAY_IDENTITY_CODE_FAILURES_PER_MEMBER_DAY", default_value_t = 50)]
    pub failures_per_member_day: u32,
    /// Wrong codes in a row that lock a member's codes until an officer of the payer lifts the lock; never above 100.
    #[arg(long, env = "CAREWAY_IDENTITY_CODE_FAILURES_TO_LOCK", default_value_t = 50, value_parser = clap::value_parser!(u32).range(5..=100))]
    pub failures_to_lock: u32,
    /// Wrong codes per facility in a day.
    #[arg(long, env = "CAREWAY_IDENTITY_CODE_FAILURES_PER_FACILITY_DAY", default_value_t = 300)]
    pub failures_per_facility_day: u32,
    /// Wrong codes per staff member in a day.
    #[arg(long, env = "CAREWAY_IDENTITY_CODE_FAILURES_PER_STAFF_DAY", default_value_t = 100)]
    pub failures_per_staff_day: u32,
    /// Wrong codes per payer in a day; beyond it every code is rejected. Bounds what spraying can gain.
    #[arg(long, env = "CAREWAY_IDENTITY_CODE_FAILURES_PER_PAYER_DAY", default_value_t = 2000)]
    pub failures_per_payer_day: u32,
}

impl MembersConfig {
    /// Refuses what would not be safe.
    pub fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.code_pepper.expose().len() >= 32,
            "CAREWAY_IDENTITY_CODE_PEPPER must have at least 32 characters"
        );
        anyhow::ensure!(
            self.sandbox_numbers.is_empty() || self.identity_development,
            "CAREWAY_IDENTITY_SANDBOX_NUMBERS has numbers whose code everybody knows: it is refused unless CAREWAY_DEVELOPMENT=true"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Given {
        #[command(flatten)]
        config: Config,
    }

    fn checked(more: &[&str]) -> anyhow::Result<()> {
        let secret = "a secret of the tests, long enough";
        let usual = [
            "identity",
            "--identity-database-url",
            "postgres://x",
            "--identity-master-key",
            secret,
            "--code-pepper",
            secret,
        ];
        Given::try_parse_from(usual.iter().chain(more))?.config.check()
    }

    #[test]
    fn a_code_that_everybody_knows_is_for_development_alone() {
        let sandbox = ["--sandbox-numbers", "+25078999"];
        let development = |is: &'static str| [&sandbox[..], &["--identity-development", is]].concat();
        checked(&[]).unwrap();
        checked(&development("true")).unwrap();
        let refused = checked(&development("false")).unwrap_err().to_string();
        assert!(refused.contains("CAREWAY_IDENTITY_SANDBOX_NUMBERS"), "{refused}");
    }
}

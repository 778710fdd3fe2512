//! The settings of members and one-time codes.

use careway_kernel::Redacted;
use clap::Args;

/// Members, their import, and the limits of one-time codes. Every limit is per Careway installation.
#[derive(Debug, Clone, Args)]
#[group(skip)]
pub struct MembersConfig {
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
    /// MiB a list of members may have.
    #[arg(long, env = "CAREWAY_IDENTITY_MEMBER_IMPORT_MIB", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub member_import_mib: u32,
    /// Rows a list of members may have.
    #[arg(long, env = "CAREWAY_IDENTITY_MEMBER_IMPORT_ROWS", default_value_t = 200_000)]
    pub member_import_rows: u32,
}

impl MembersConfig {
    /// Refuses what would not be safe.
    pub fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.code_pepper.expose().len() >= 32,
            "CAREWAY_IDENTITY_CODE_PEPPER must have at least 32 characters"
        );
        Ok(())
    }
}

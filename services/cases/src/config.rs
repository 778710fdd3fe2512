//! The service's settings.

use careway_documents::DocumentArgs;
use careway_kernel::Redacted;
use chrono::TimeDelta;

use crate::{cases::domain::timing::Timing, inbound_mail::lmtp::LmtpAddress};

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
    /// Seals what people say at rest and signs the names in mail; at least 32 characters.
    #[arg(
        id = "cases_master_key",
        long = "cases-master-key",
        env = "CAREWAY_CASES_MASTER_KEY",
        hide_env_values = true
    )]
    pub master_key: Redacted,
    /// The mailbox that mail about cases comes from and is answered to. Its mail server delivers what is written to it with
    /// anything after a plus, too.
    #[arg(long, env = "CAREWAY_CASES_SUPPORT_MAILBOX", default_value = "support@careway.example")]
    pub support_mailbox: String,
    /// The mailbox, with anything after a plus, where mail servers report that mail about cases did not arrive.
    #[arg(long, env = "CAREWAY_CASES_BOUNCE_MAILBOX", default_value = "bounces@careway.example")]
    pub bounce_mailbox: String,
    /// The mailbox whose mail ends reminders: the subject is the token of a reminder. Renewals names it in its reminders:
    /// `CAREWAY_RENEWALS_UNSUBSCRIBE_MAILBOX` is the same address.
    #[arg(
        id = "cases_unsubscribe_mailbox",
        long = "cases-unsubscribe-mailbox",
        env = "CAREWAY_CASES_UNSUBSCRIBE_MAILBOX",
        default_value = "unsubscribe@careway.example"
    )]
    pub unsubscribe_mailbox: String,
    /// Where the mail server beside us delivers mail by LMTP: `unix:/path`, or an address of this host or of a private network
    /// and a port. Without it nothing listens.
    #[arg(long, env = "CAREWAY_CASES_LMTP_LISTEN")]
    pub lmtp_listen: Option<LmtpAddress>,
    /// The name by which our own mail server writes `Authentication-Results`; it removes what others wrote in this name.
    /// Without it, signatures and policies are looked up here, and SPF counts for nothing.
    #[arg(long, env = "CAREWAY_CASES_AUTHSERV_ID")]
    pub authserv_id: Option<String>,
    /// Where a case is read in the portal; its number is put after it.
    #[arg(long, env = "CAREWAY_CASES_CASE_URL", default_value = "https://careway.example/portal/cases#")]
    pub case_url: String,
    /// Where an interest form is confirmed; the token of its mail is put after it. The gateway has a page for it at `/interest`,
    /// which takes the token from the fragment.
    #[arg(long, env = "CAREWAY_CASES_INTEREST_URL", default_value = "https://careway.example/interest#")]
    pub interest_url: String,
    /// How often the clock is asked which cases are due, in seconds.
    #[arg(
        id = "cases_timer_seconds",
        long = "cases-timer-seconds",
        env = "CAREWAY_CASES_TIMER_SECONDS",
        default_value_t = 5,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub timer_seconds: u64,
    /// A partner that is waited for is reminded after so many working days.
    #[arg(
        long,
        env = "CAREWAY_CASES_FIRST_REMINDER_DAYS",
        default_value_t = 3,
        value_parser = clap::value_parser!(u16).range(1..=90)
    )]
    pub first_reminder_days: u16,
    /// And once more after so many.
    #[arg(
        long,
        env = "CAREWAY_CASES_SECOND_REMINDER_DAYS",
        default_value_t = 7,
        value_parser = clap::value_parser!(u16).range(1..=90)
    )]
    pub second_reminder_days: u16,
    /// After so many working days without an answer a case counts as solved.
    #[arg(
        long,
        env = "CAREWAY_CASES_SOLVED_AFTER_DAYS",
        default_value_t = 14,
        value_parser = clap::value_parser!(u16).range(1..=90)
    )]
    pub solved_after_days: u16,
    /// A solved case closes after so many hours: one hour to 28 days.
    #[arg(
        long,
        env = "CAREWAY_CASES_CLOSED_AFTER_HOURS",
        default_value_t = 96,
        value_parser = clap::value_parser!(u16).range(1..=672)
    )]
    pub closed_after_hours: u16,
    /// How the files of cases are kept.
    #[command(flatten)]
    pub documents: DocumentArgs,
}

impl Config {
    /// When the clock does something in a case.
    ///
    /// # Errors
    /// When a later step would come before an earlier one.
    pub(crate) fn timing(&self) -> anyhow::Result<Timing> {
        let remind_after = [self.first_reminder_days, self.second_reminder_days];
        let days = [remind_after[0], remind_after[1], self.solved_after_days];
        anyhow::ensure!(days.is_sorted(), "a case is reminded of twice before it counts as solved: {days:?}");
        Ok(Timing {
            remind_after,
            solve_after: self.solved_after_days,
            close_after: TimeDelta::hours(i64::from(self.closed_after_hours)),
        })
    }
}

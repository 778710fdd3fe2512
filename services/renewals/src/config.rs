//! The service's settings.

use std::path::PathBuf;

use careway_kernel::Redacted;

/// What renewals needs to know.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Config {
    /// The service's database, as its app role.
    #[arg(
        id = "renewals_database_url",
        long = "renewals-database-url",
        env = "CAREWAY_RENEWALS_DATABASE_URL",
        hide_env_values = true
    )]
    pub database_url: Redacted,
    /// Seals recipients and bodies at rest; at least 32 characters.
    #[arg(
        id = "renewals_master_key",
        long = "renewals-master-key",
        env = "CAREWAY_RENEWALS_MASTER_KEY",
        hide_env_values = true
    )]
    pub master_key: Redacted,
    /// The file of SMS routes; `docs/sending.md` shows one.
    #[arg(long, env = "CAREWAY_RENEWALS_ROUTES")]
    pub routes: Option<PathBuf>,
    /// This installation is for development: its SMS may end in a folder.
    #[arg(long, env = "CAREWAY_DEVELOPMENT", action = clap::ArgAction::Set, default_value_t = false)]
    pub development: bool,
    /// A folder that takes every SMS where there are no routes, and every e-mail without an SMTP server: one JSON file a
    /// message. For development.
    #[arg(long, env = "CAREWAY_RENEWALS_FOLDER")]
    pub folder: Option<PathBuf>,
    /// The SMTP server for e-mail, like `smtps://user:password@mail.example.org` or `smtp://127.0.0.1:2525`.
    #[arg(long, env = "CAREWAY_RENEWALS_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<Redacted>,
    /// What Careway calls itself to the SMTP server (RFC 5321, EHLO): a name that the address it sends from leads back to. Absent,
    /// the domain of the sender of e-mail.
    #[arg(long, env = "CAREWAY_RENEWALS_SMTP_HELLO")]
    pub smtp_hello: Option<String>,
    /// The sender of e-mail.
    #[arg(long, env = "CAREWAY_RENEWALS_MAIL_FROM", default_value = "Careway <no-reply@careway.example>")]
    pub mail_from: String,
    /// The envelope sender of e-mail, where bounces go, like `bounces+{message}@careway.example`: each mail has its own then,
    /// and its bounces are known by it. Absent, the address of its sender.
    #[arg(long, env = "CAREWAY_RENEWALS_MAIL_ENVELOPE_SENDER")]
    pub mail_envelope_sender: Option<String>,
    /// Where a member disputes a visit; the token of the visit is put after it. The gateway has a page for it at
    /// `/dispute`, which takes the token from the fragment.
    #[arg(long, env = "CAREWAY_RENEWALS_DISPUTE_URL", default_value = "https://careway.example/dispute#")]
    pub dispute_url: String,
    /// Where a member reads what became of a claim; the token of the claim is put after it. The gateway has a page for it
    /// at `/explanation`, which takes the token from the fragment.
    #[arg(
        long,
        env = "CAREWAY_RENEWALS_EXPLANATION_URL",
        default_value = "https://careway.example/explanation#"
    )]
    pub explanation_url: String,
    /// Where reminders by mail are ended, by one click of a mail program (RFC 8058); the token of the mail is put after it. The
    /// gateway answers there, at `/v1/unsubscribe/`.
    #[arg(
        long,
        env = "CAREWAY_RENEWALS_UNSUBSCRIBE_URL",
        default_value = "https://careway.example/v1/unsubscribe/"
    )]
    pub unsubscribe_url: String,
    /// The mailbox that ends reminders, too (RFC 2369): the subject of what is written to it is the token of a reminder. Cases
    /// reads it: `CAREWAY_CASES_UNSUBSCRIBE_MAILBOX` is the same address.
    #[arg(
        long = "renewals-unsubscribe-mailbox",
        id = "renewals_unsubscribe_mailbox",
        env = "CAREWAY_RENEWALS_UNSUBSCRIBE_MAILBOX",
        default_value = "unsubscribe@careway.example"
    )]
    pub unsubscribe_mailbox: String,
    /// How often campaigns look for what is due, in seconds.
    #[arg(
        id = "renewals_timer_seconds",
        long = "renewals-timer-seconds",
        env = "CAREWAY_RENEWALS_TIMER_SECONDS",
        default_value_t = 5,
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub timer_seconds: u64,
}

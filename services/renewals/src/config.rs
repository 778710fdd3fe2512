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
    /// A folder that takes every SMS, and every e-mail without an SMTP server: one JSON file a message. For development.
    #[arg(long, env = "CAREWAY_RENEWALS_FOLDER")]
    pub folder: Option<PathBuf>,
    /// The SMTP server for e-mail, like `smtps://user:password@mail.example.org` or `smtp://127.0.0.1:2525`.
    #[arg(long, env = "CAREWAY_RENEWALS_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<Redacted>,
    /// The sender of e-mail.
    #[arg(long, env = "CAREWAY_RENEWALS_MAIL_FROM", default_value = "Careway <no-reply@careway.example>")]
    pub mail_from: String,
    /// The envelope sender of e-mail, where bounces go; absent, the address of its sender.
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
}

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
    /// Seals patients and the secrets of webhooks at rest; at least 32 characters.
    #[arg(
        id = "channels_master_key",
        long = "channels-master-key",
        env = "CAREWAY_CHANNELS_MASTER_KEY",
        hide_env_values = true
    )]
    pub master_key: Redacted,
    /// Careway's customer service: in copy of declared intents and of notices of new services, answered to by channels, and written
    /// to of notices that nobody acknowledged.
    #[arg(
        long = "channels-support-address",
        env = "CAREWAY_CHANNELS_SUPPORT_ADDRESS",
        default_value = "support@careway.example"
    )]
    pub support_address: String,
    /// How often the clock is asked what is due, in seconds.
    #[arg(
        id = "channels_timer_seconds",
        long = "channels-timer-seconds",
        env = "CAREWAY_CHANNELS_TIMER_SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub timer_seconds: u64,
    /// Longest that a partner's system may take to answer, in seconds.
    #[arg(
        id = "channels_answer_seconds",
        long = "channels-answer-seconds",
        env = "CAREWAY_CHANNELS_ANSWER_SECONDS",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..=600)
    )]
    pub answer_seconds: u64,
    /// Lets partners' systems be asked in a private network, and without TLS: for development.
    #[arg(
        id = "channels_private_addresses",
        long = "channels-private-addresses",
        env = "CAREWAY_CHANNELS_PRIVATE_ADDRESSES",
        action = clap::ArgAction::Set,
        default_value_t = false
    )]
    pub private_addresses: bool,
}

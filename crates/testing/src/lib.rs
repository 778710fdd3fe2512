//! What tests need: databases of their own, prefixes, captured logs and mail, and connections that can be cut.
//! A dev-dependency only.

pub mod database;
pub mod leftovers;
pub mod logs;
pub mod mail;
pub mod prefix;
pub mod proxy;
pub mod servers;
mod template;
pub mod trap;

pub use database::TestDatabase;
pub use leftovers::Leftovers;
pub use logs::{CapturedLogs, capture_logs};
pub use mail::{Mail, SmtpSink, SmtpStage};
pub use prefix::unique_prefix;
pub use proxy::FaultProxy;
pub use servers::TestServers;
pub use trap::{Side, Sprung};

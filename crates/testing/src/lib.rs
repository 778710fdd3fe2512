//! What tests need: databases of their own, prefixes, captured logs and mail, connections that can be cut, and faked
//! peers of the store of documents.
//! A dev-dependency only.

pub mod clamd;
pub mod database;
pub mod leftovers;
pub mod logs;
pub mod mail;
pub mod prefix;
pub mod proxy;
pub mod s3;
pub mod servers;
mod template;
pub mod trap;

pub use database::TestDatabase;
pub use leftovers::Leftovers;
pub use logs::{CapturedLogs, capture_logs};
pub use mail::{Mail, SmtpSink, SmtpStage};
pub use prefix::unique_prefix;
pub use proxy::FaultProxy;
pub use s3::FakeS3;
pub use servers::TestServers;
pub use trap::{Side, Sprung};

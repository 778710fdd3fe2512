//! What tests need: services and databases of their own, callers, captured logs and mail, connections that can be cut, and
//! faked peers of the store of documents and of carriers. For tests only, and for `cargo dev`, whose carrier and mail server it is.

pub mod calls;
pub mod clamd;
pub mod database;
pub mod leftovers;
pub mod lmtp;
pub mod logs;
pub mod mail;
pub mod people;
pub mod prefix;
pub mod proxy;
pub mod s3;
pub mod servers;
pub mod service;
pub mod smpp;
pub mod spoilt;
mod template;
pub mod trap;

pub use calls::{eventually, key, refusal};
pub use database::{PATIENCE_MS, SECRET, TestDatabase};
pub use leftovers::Leftovers;
pub use lmtp::LmtpClient;
pub use logs::{CapturedLogs, capture_logs};
pub use mail::{Mail, SmtpSink, SmtpStage};
pub use people::{ISSUER, Person, TokenSigner, upstream};
pub use prefix::unique_prefix;
pub use proxy::FaultProxy;
pub use s3::FakeS3;
pub use servers::TestServers;
pub use service::{TestService, TestSetup};
pub use smpp::{Reply, SmppPeer, SubmittedPart};
pub use spoilt::spoilt_mail;
pub use trap::{Side, Sprung};

//! What it takes to run a Careway service: settings, telemetry, Postgres with its callers and idempotent transactions,
//! tokens and permissions, the gRPC boundary, upstreams, health and a clean end.

#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests are bound to no clock"))]

pub mod access;
pub mod audit;
pub mod call;
pub mod caller;
mod column;
pub mod database;
pub mod error;
mod fair;
pub mod foundation;
mod functions;
pub mod grpc;
pub mod health;
pub mod imports;
mod keyed;
mod literal;
mod measured;
pub mod migrate;
mod paging;
mod pool;
pub mod probe;
pub mod raw;
pub mod rows;
pub mod run;
pub mod seal;
pub mod serve;
pub mod settings;
mod statements;
mod stopping;
pub mod table;
pub mod telemetry;
mod ticks;
pub mod tokens;
pub mod transaction;
pub mod upstream;
mod wire;
pub mod workbook;

/// Every program's allocator: it takes less time than the system's, and gives memory back after a burst of sign-ins.
#[cfg(not(test))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub use access::{Access, Policy, credentials};
pub use audit::AuditLog;
pub use call::Call;
pub use caller::{Caller, OrganizationKind, Subject};
pub use column::one_of;
pub use database::{Database, Question, Reader, ScopedQuery};
pub use error::{Error, Kind, NotWritten, OnConstraint, Result, SharedReason};
pub use fair::{Fair, Turn};
pub use foundation::{Foundation, Service};
pub use imports::{ImportSettings, Imports};
pub use keyed::{Keyed, Stop};
pub use migrate::{Migrator, NO_FUNCTIONS, migrate};
pub use paging::Paging;
pub use raw::RawAnswer;
pub use rows::{AuditEntry, AuditRow, OutgoingEvent};
pub use run::run;
pub use seal::Sealer;
pub use serve::{serve, serve_raw, serve_stream, serve_upload};
pub use settings::{DatabaseSettings, Settings, StreamSettings};
pub use stopping::{Stopping, signalled};
pub use ticks::Ticks;
pub use tokens::{ServiceIdentity, Verifier};
pub use transaction::Transaction;
pub use upstream::{Registry, Upstream};
pub use wire::{count, instant, money, path_id, timestamp, version};

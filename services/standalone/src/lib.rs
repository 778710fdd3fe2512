//! The whole platform in one process: every service called in process, one gateway in front. For small installations,
//! for tests, and for `cargo dev`, which all start it with the very same function.

mod config;
mod platform;
pub mod provision;
pub mod seed;
mod settle;

pub use config::Config;
pub use platform::Platform;
pub use settle::{Probe, probe, settle};

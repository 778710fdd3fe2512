//! How often an event that could not be taken is tried again.

use std::time::Duration;

/// How often an event is tried, and how long apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How many deliveries may fail before the event becomes a dead letter.
    pub deliveries: i64,
    /// The wait after the first failure; it doubles, less some chance.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
}

impl Default for Retries {
    /// Eight deliveries over about an hour.
    fn default() -> Self {
        Self { deliveries: 8, first: Duration::from_secs(5), longest: Duration::from_secs(1800) }
    }
}

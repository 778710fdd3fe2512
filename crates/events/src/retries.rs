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
    /// Eleven deliveries over about an hour: what the reaction asks may be away for as long.
    fn default() -> Self {
        Self { deliveries: 11, first: Duration::from_secs(5), longest: Duration::from_secs(1800) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backoff::delay;

    #[test]
    fn all_deliveries_take_half_an_hour_at_least_and_an_hour_and_a_quarter_at_most() {
        let Retries { deliveries, first, longest } = Retries::default();
        let failures = 1..u32::try_from(deliveries).unwrap();
        let whole: Duration = failures.map(|failures| delay(first, longest, failures)).sum();
        assert!((Duration::from_secs(1800)..=Duration::from_secs(4500)).contains(&whole), "{whole:?}");
    }
}

//! Waiting longer after each failure, with jitter so that replicas do not return in step.

use std::time::Duration;

use rand::RngExt;

/// Doubles from `first` to `longest`.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    pub(crate) const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failures: 0 }
    }

    /// How long to wait after one more failure.
    pub(crate) fn next(&mut self) -> Duration {
        self.failures = self.failures.saturating_add(1);
        delay(self.first, self.longest, self.failures)
    }

    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

/// The wait after the `failures`-th failure: half of it sure, half of it chance.
pub(crate) fn delay(first: Duration, longest: Duration, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let full = first.saturating_mul(1 << doublings).min(longest);
    full.mul_f64(rand::rng().random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_its_bound_and_starts_again() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(30));
        let waits: Vec<_> = (0..40).map(|_| backoff.next()).collect();
        assert!(waits[0] >= Duration::from_millis(50) && waits[0] <= Duration::from_millis(100));
        assert!(waits[39] >= Duration::from_secs(15) && waits[39] <= Duration::from_secs(30));
        backoff.reset();
        assert!(backoff.next() <= Duration::from_millis(100));
    }
}

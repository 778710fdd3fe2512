//! The beat of a service's timers.

use std::{future, sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    time::{Interval, MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

/// Says when a timer has work: at once, every so often, and when it is woken, until the service stops.
#[derive(Debug)]
pub struct Ticks {
    every: Interval,
    woken_by: Option<Arc<Notify>>,
    shutdown: CancellationToken,
}

impl Ticks {
    /// One after the other so far apart; what took longer than that is not made up for.
    ///
    /// # Panics
    /// When `period` is nothing.
    #[must_use]
    pub fn every(period: Duration, shutdown: &CancellationToken) -> Self {
        let mut every = interval(period);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { every, woken_by: None, shutdown: shutdown.clone() }
    }

    /// And whenever this is notified.
    #[must_use]
    pub fn or_woken_by(mut self, woken_by: &Arc<Notify>) -> Self {
        self.woken_by = Some(woken_by.clone());
        self
    }

    /// Waits for the next; false when the service stops.
    pub async fn next(&mut self) -> bool {
        let woken = async {
            match &self.woken_by {
                Some(woken_by) => woken_by.notified().await,
                None => future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.shutdown.cancelled() => false,
            () = woken => true,
            _ = self.every.tick() => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn there_is_one_at_once_and_one_whenever_it_is_woken() {
        let (shutdown, woken_by) = (CancellationToken::new(), Arc::new(Notify::new()));
        let mut ticks = Ticks::every(HOUR, &shutdown).or_woken_by(&woken_by);
        assert!(ticks.next().await, "at once");
        assert!(ticks.next().now_or_never().is_none(), "the next is in an hour");
        woken_by.notify_one();
        assert!(ticks.next().now_or_never().expect("it is woken"));
    }

    #[tokio::test]
    async fn there_is_one_each_period() {
        let (period, begun) = (Duration::from_millis(20), std::time::Instant::now());
        let mut ticks = Ticks::every(period, &CancellationToken::new());
        for _ in 0..3 {
            assert!(ticks.next().await);
        }
        assert!(begun.elapsed() >= 2 * period);
    }

    #[tokio::test]
    async fn there_is_none_once_the_service_stops() {
        let shutdown = CancellationToken::new();
        let mut ticks = Ticks::every(HOUR, &shutdown);
        shutdown.cancel();
        assert!(!ticks.next().await, "whatever else is due");
    }
}

//! What tests say of calls: a key of their own, the refusal that came, and what becomes so in a while.

use std::{
    fmt::Debug,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use careway_service::Error;

/// How often it is looked.
const EVERY: Duration = Duration::from_millis(20);
/// Nothing takes as long, unless it is broken: the longest that the product itself waits before it tries again is a minute.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// An Idempotency-Key that no other request of this test program has.
#[must_use]
pub fn key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("test-key-{:016}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The refusal that an outcome is.
///
/// # Panics
/// When it is none.
pub fn refusal<T: Debug>(outcome: Result<T, impl Into<Error>>) -> Error {
    outcome.expect_err("a refusal").into()
}

/// Waits until it is so: something is at work meanwhile.
///
/// # Panics
/// When it does not become so.
pub async fn eventually(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let looking = async {
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            ticks.tick().await;
            if so().await {
                return;
            }
        }
    };
    assert!(tokio::time::timeout(PATIENCE, looking).await.is_ok(), "never: {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ() {
        assert_ne!(key(), key());
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_waited_for() {
        let mut looks = 0;
        let third = async || {
            looks += 1;
            looks == 3
        };
        eventually("the third look", third).await;
    }

    #[tokio::test(start_paused = true)]
    #[should_panic(expected = "never: the moon falls down")]
    async fn what_never_comes_is_told() {
        eventually("the moon falls down", async || false).await;
    }
}

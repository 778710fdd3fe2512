//! How a process ends: it says that it is not ready, serves on until that is noticed, and then closes its ports.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// The two steps of an end. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Stopping {
    leaving: CancellationToken,
    closing: CancellationToken,
}

impl Stopping {
    /// Waits for SIGTERM or Ctrl-C, is not ready from then on, and closes after the grace: so long do those who send
    /// requests need to notice.
    pub async fn after_signal(&self, grace: Duration) {
        signalled().await;
        self.leave_for(grace).await;
    }

    /// Is not ready from now on, and closes after the grace.
    pub async fn leave_for(&self, grace: Duration) {
        self.leaving.cancel();
        tokio::time::sleep(grace).await;
        self.close();
    }

    /// Closes the ports, without a grace.
    pub fn close(&self) {
        self.leaving.cancel();
        self.closing.cancel();
    }

    /// Whether the process is not ready any more.
    pub fn is_leaving(&self) -> bool {
        self.leaving.is_cancelled()
    }

    /// Cancelled when the ports are to be closed.
    pub fn closing(&self) -> &CancellationToken {
        &self.closing
    }
}

/// Waits for SIGTERM or Ctrl-C.
pub async fn signalled() {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("signals can be heard");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use http::StatusCode;

    use super::*;
    use crate::health::readiness;

    #[tokio::test]
    async fn who_leaves_is_not_ready_and_still_serves_for_the_grace() {
        let stopping = Stopping::default();
        assert_eq!(readiness(Vec::new(), &stopping).await.0, StatusCode::OK);
        let mut leaving = Box::pin(stopping.leave_for(Duration::from_secs(3600)));
        assert!(leaving.as_mut().now_or_never().is_none());
        assert_eq!(readiness(Vec::new(), &stopping).await.0, StatusCode::SERVICE_UNAVAILABLE);
        assert!(!stopping.closing().is_cancelled());
        stopping.leave_for(Duration::ZERO).await;
        assert!(stopping.closing().is_cancelled());
    }
}

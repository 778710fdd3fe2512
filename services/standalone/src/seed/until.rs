//! Waiting for what follows from something else.

use std::time::Duration;

use anyhow::ensure;
use tokio::time::Instant;

/// How long anything that follows from something else may take.
const PATIENCE: Duration = Duration::from_secs(180);
const PAUSE: Duration = Duration::from_millis(20);

/// Asks again and again, a moment apart, until there is something; not for ever.
pub async fn until<T>(
    what: &str,
    mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let since = Instant::now();
    loop {
        if let Some(found) = ask().await? {
            return Ok(found);
        }
        ensure!(since.elapsed() < PATIENCE, "waited {} s for {what}", PATIENCE.as_secs());
        tokio::time::sleep(PAUSE).await;
    }
}

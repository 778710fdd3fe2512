//! Waiting for quiet, by asking what is left rather than by sleeping and hoping.

use std::time::Duration;

use anyhow::ensure;
pub use careway_events::Probe;
use careway_service::{Call, Foundation, Service};
use tokio::time::Instant;

/// Longer than it takes until an event that nobody acknowledged is given out again.
const LONGEST: Duration = Duration::from_secs(180);
const PAUSE: Duration = Duration::from_millis(5);

/// What watches the events of these services: one for all the looks at an installation, because it knows again what it saw.
pub fn probe(foundation: &Foundation, services: &[Service]) -> Probe {
    services.iter().fold(Probe::new(foundation), |probe, service| probe.watching(&service.database))
}

/// Waits until nothing is under way. `background_tasks` counts the short work that goes on after answers, in whichever processes
/// the services run.
pub async fn settle(
    events: &Probe,
    services: &[Service],
    background_tasks: impl AsyncFn() -> anyhow::Result<usize>,
) -> anyhow::Result<()> {
    let started = Instant::now();
    // Quiet twice in a row: what the first look ended may have begun something at a place already looked at.
    let mut quiet = 0;
    while quiet < 2 {
        let left = left(services, background_tasks().await?, events).await?;
        quiet = if left.is_empty() { quiet + 1 } else { 0 };
        ensure!(started.elapsed() < LONGEST, "still under way after {LONGEST:?}: {}", left.join(", "));
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

async fn left(services: &[Service], background_tasks: usize, events: &Probe) -> anyhow::Result<Vec<String>> {
    let mut left = Vec::new();
    if background_tasks > 0 {
        left.push(format!("{background_tasks} background tasks"));
    }
    if !events.settled().await {
        left.push("events".to_owned());
    }
    for service in services.iter().filter(|service| service.name == careway_renewals::NAME) {
        let mut reader = service.database.read(&Call::system("settle")).await?;
        let unsent = careway_renewals::unsent(&mut reader).await?;
        if unsent > 0 {
            left.push(format!("{unsent} messages"));
        }
    }
    Ok(left)
}

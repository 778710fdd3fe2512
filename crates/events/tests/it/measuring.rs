//! What a relay measures is what it leads.

use std::sync::LazyLock;

use careway_events::Relay;
use careway_testing::eventually;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::test_events::TestEvents;

/// A service of this test's own: the process has one recorder for all.
const SERVICE: &str = "measured";
const LOCK: &str = "select pg_advisory_lock(hashtextextended('careway.relay.measured', 0))";

static RECORDER: LazyLock<PrometheusHandle> =
    LazyLock::new(|| PrometheusBuilder::new().install_recorder().unwrap());

/// What the process says of this service, from the first time that somebody asks.
pub(crate) fn measured(gauge: &str, service: &str) -> Option<f64> {
    let told = RECORDER.render();
    let line = told
        .lines()
        .find(|line| line.starts_with(&format!("{gauge}{{")) && line.contains(&format!("\"{service}\"")))?;
    line.rsplit(' ').next()?.parse().ok()
}

fn oldest() -> Option<f64> {
    measured("careway_outbox_oldest_seconds", SERVICE)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_no_longer_leads_tells_no_age() {
    let mut events = TestEvents::new().await;
    events.nats.kill();
    let _relay = Relay::new(&events.bus, &events.database, SERVICE).start();
    events.say([1]).await;
    eventually("the event that waits is measured", async || oldest() > Some(0.0)).await;

    // Another replica is to lead as soon as this one's session is gone.
    let mut next = events.owner.acquire().await.unwrap();
    let waiting = tokio::spawn(async move {
        sqlx::query(LOCK).execute(&mut *next).await.unwrap();
        next
    });
    let waits = "select count(*) from pg_locks join pg_database on oid = database \
                 where datname = current_database() and locktype = 'advisory' and not granted";
    eventually("it stands by", async || events.count(waits).await == 1).await;
    events.end_leader().await;
    let next = waiting.await.unwrap();
    eventually("the lost lead is not measured", async || oldest() == Some(0.0)).await;
    drop(next);
    events.end().await;
}

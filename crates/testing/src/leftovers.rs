//! What a test leaves on the shared servers under its prefix, and how it goes away again.

use std::time::Duration;

use futures::TryStreamExt as _;
use tokio::runtime;
use tokio_util::sync::CancellationToken;

use crate::servers::TestServers;

/// How long the removal may take; what is left then stays.
const PATIENCE: Duration = Duration::from_secs(60);

/// The streams and keys of one prefix, taken away when this is dropped. A harness holds it as its last field.
#[derive(Debug)]
pub struct Leftovers {
    prefix: String,
    shutdown: CancellationToken,
}

impl Leftovers {
    /// What has this prefix on the servers. `shutdown` ends whatever would make it anew, and is cancelled first.
    #[must_use]
    pub fn of(prefix: &str, shutdown: &CancellationToken) -> Self {
        Self { prefix: prefix.to_owned(), shutdown: shutdown.clone() }
    }

    /// From now on this ends whatever would make it anew: the service was started again.
    pub(crate) fn follow(&mut self, shutdown: &CancellationToken) {
        self.shutdown = shutdown.clone();
    }
}

impl Drop for Leftovers {
    fn drop(&mut self) {
        self.shutdown.cancel();
        let prefix = self.prefix.clone();
        // On a thread of its own: the test's runtime may be the very one that is ending.
        let removing = std::thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async { tokio::time::timeout(PATIENCE, remove(&prefix)).await })?
        });
        match removing.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("a test left something behind: {error:#}"),
            Err(_) => eprintln!("a test left something behind: its removal panicked"),
        }
    }
}

async fn remove(prefix: &str) -> anyhow::Result<()> {
    let servers = TestServers::from_env();
    tokio::try_join!(remove_streams(&servers, prefix), remove_keys(&servers, prefix))?;
    Ok(())
}

async fn remove_streams(servers: &TestServers, prefix: &str) -> anyhow::Result<()> {
    let jetstream = async_nats::jetstream::new(async_nats::connect(&servers.nats).await?);
    let ours = format!("{}_", prefix.to_uppercase());
    let names: Vec<String> = jetstream.stream_names().try_collect().await?;
    for name in names.iter().filter(|name| name.starts_with(&ours)) {
        jetstream.delete_stream(name).await?;
    }
    Ok(())
}

async fn remove_keys(servers: &TestServers, prefix: &str) -> anyhow::Result<()> {
    let patient = redis::AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let redis = redis::Client::open(servers.redis.as_str())?;
    let mut redis = redis.get_multiplexed_async_connection_with_config(&patient).await?;
    let mut cursor = 0_u64;
    loop {
        let mut scan = redis::cmd("SCAN");
        scan.arg(cursor).arg("MATCH").arg(format!("{prefix}*")).arg("COUNT").arg(1000);
        let (next, keys): (u64, Vec<String>) = scan.query_async(&mut redis).await?;
        if !keys.is_empty() {
            redis::cmd("UNLINK").arg(keys).exec_async(&mut redis).await?;
        }
        if next == 0 {
            return Ok(());
        }
        cursor = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unique_prefix;

    /// Whether a stream and a key with this prefix are there.
    async fn left(prefix: &str) -> (bool, bool) {
        let servers = TestServers::from_env();
        let jetstream = async_nats::jetstream::new(async_nats::connect(&servers.nats).await.unwrap());
        let stream = jetstream.get_stream(format!("{}_EVT_TESTS", prefix.to_uppercase())).await.is_ok();
        let client = redis::Client::open(servers.redis.as_str()).unwrap();
        let mut redis = client.get_multiplexed_async_connection().await.unwrap();
        let key = redis::cmd("EXISTS").arg(format!("{prefix}:key")).query_async(&mut redis).await.unwrap();
        (stream, key)
    }

    async fn leave(prefix: &str) {
        let servers = TestServers::from_env();
        let jetstream = async_nats::jetstream::new(async_nats::connect(&servers.nats).await.unwrap());
        let stream = async_nats::jetstream::stream::Config {
            name: format!("{}_EVT_TESTS", prefix.to_uppercase()),
            subjects: vec![format!("{prefix}.evt.tests.>")],
            ..Default::default()
        };
        jetstream.create_stream(stream).await.unwrap();
        let client = redis::Client::open(servers.redis.as_str()).unwrap();
        let mut redis = client.get_multiplexed_async_connection().await.unwrap();
        redis::cmd("SET").arg(format!("{prefix}:key")).arg("1").exec_async(&mut redis).await.unwrap();
    }

    #[tokio::test]
    async fn nothing_of_a_dropped_prefix_is_left_and_everything_of_another() {
        let (dropped, kept) = (unique_prefix(), unique_prefix());
        let (shutdown, running) = (CancellationToken::new(), CancellationToken::new());
        let (leftovers, others) = (Leftovers::of(&dropped, &shutdown), Leftovers::of(&kept, &running));
        leave(&dropped).await;
        leave(&kept).await;
        drop(leftovers);
        assert!(shutdown.is_cancelled() && !running.is_cancelled());
        assert_eq!((left(&dropped).await, left(&kept).await), ((false, false), (true, true)));
        drop(others);
    }
}

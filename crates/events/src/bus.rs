//! What events need of their surroundings: the broker, the prefix, the clock, and when to end.

use std::time::Duration;

use anyhow::ensure;
use async_nats::{
    Client,
    connection::State,
    jetstream::{self, context::ContextBuilder},
};
use careway_kernel::Clock;
use careway_service::{Foundation, StreamSettings};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long JetStream may take to acknowledge or answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The broker and what goes with it. Made from a [`Foundation`]; cheap to clone.
#[derive(Clone)]
pub struct Bus {
    pub(crate) nats: Client,
    pub(crate) jetstream: jetstream::Context,
    pub(crate) prefix: String,
    pub(crate) clock: Clock,
    pub(crate) tasks: TaskTracker,
    pub(crate) shutdown: CancellationToken,
    pub(crate) streams: StreamSettings,
}

/// What a stream may hold where nothing is set, and where many installations share one server, as tests do.
const ROOMY: i64 = 1 << 30;
const SHARED: i64 = 16 << 20;

impl Bus {
    /// A bus on this connection. `prefix` keeps installations on one server apart; empty is none.
    pub fn new(
        nats: Client,
        prefix: &str,
        clock: Clock,
        tasks: TaskTracker,
        shutdown: CancellationToken,
    ) -> Self {
        let jetstream = ContextBuilder::new()
            .timeout(ANSWER_WITHIN)
            .ack_timeout(ANSWER_WITHIN)
            .max_ack_inflight(1024)
            .backpressure_on_inflight(true)
            .build(nats.clone());
        let named = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
        let prefix: String = prefix.chars().filter(named).collect();
        Self { nats, jetstream, prefix, clock, tasks, shutdown, streams: StreamSettings::default() }
    }

    /// The same with other bounds for its streams.
    #[must_use]
    pub fn with_streams(mut self, streams: StreamSettings) -> Self {
        self.streams = streams;
        self
    }

    /// The most bytes a stream may hold.
    pub(crate) fn stream_max_bytes(&self) -> i64 {
        let otherwise = if self.prefix.is_empty() { ROOMY } else { SHARED };
        self.streams.stream_max_bytes.unwrap_or(otherwise)
    }

    /// On how many servers a stream is kept.
    pub(crate) fn stream_replicas(&self) -> usize {
        self.streams.stream_replicas.unwrap_or(1)
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.nats.connection_state() == State::Connected
    }

    /// Refuses a broker that would misunderstand us. Says nothing of one that is away.
    pub(crate) fn check_server(&self) -> anyhow::Result<()> {
        ensure!(
            !self.is_connected() || self.nats.is_server_compatible(2, 10, 0),
            "nats-server {} is too old: before 2.10 it silently ignores a consumer's filters; run 2.10 or newer",
            self.nats.server_info().version
        );
        Ok(())
    }

    /// Waits, and says whether to go on.
    pub(crate) async fn pause(&self, wait: Duration) -> bool {
        self.shutdown.run_until_cancelled(tokio::time::sleep(wait)).await.is_some()
    }
}

impl From<&Foundation> for Bus {
    fn from(foundation: &Foundation) -> Self {
        Self::new(
            foundation.nats.clone(),
            &foundation.prefix,
            foundation.clock.clone(),
            foundation.tasks.clone(),
            foundation.shutdown.clone(),
        )
        .with_streams(foundation.streams)
    }
}

impl From<&Bus> for Bus {
    fn from(bus: &Bus) -> Self {
        bus.clone()
    }
}

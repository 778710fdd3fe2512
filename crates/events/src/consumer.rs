//! A durable consumer of one stream for one purpose: fetches events while the service runs, and makes itself anew
//! when its stream was.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use async_nats::jetstream::consumer::{AckPolicy, Consumer as Handle, DeliverPolicy, pull};
use careway_service::{Call, Database};
use futures::{FutureExt, StreamExt};

use crate::{
    backoff::Backoff,
    bus::Bus,
    delivery::{ACK_WITHIN, Delivery},
    stream::Stream,
    worker::{Next, Worker},
};

/// How many events one transaction takes when they wait together.
const BATCH: usize = 100;
/// How many may be on their way over all replicas.
const UNACKNOWLEDGED: i64 = 256;
/// Only a backstop: an event becomes a dead letter long before, unless that cannot be written.
const MAX_DELIVER: i64 = 1000;

/// One durable.
pub(crate) struct Consumer {
    pub(crate) bus: Bus,
    pub(crate) stream: Stream,
    pub(crate) durable: String,
    pub(crate) subjects: Vec<String>,
    pub(crate) worker: Worker,
}

type Pull = Handle<pull::Config>;

impl Consumer {
    fn config(&self) -> pull::Config {
        pull::Config {
            durable_name: Some(self.durable.clone()),
            filter_subjects: self.subjects.clone(),
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WITHIN,
            max_ack_pending: UNACKNOWLEDGED,
            max_deliver: MAX_DELIVER,
            ..pull::Config::default()
        }
    }

    /// The consumer on the server, created or brought up to date.
    pub(crate) async fn attach(&self) -> anyhow::Result<Pull> {
        self.bus.check_server()?;
        let stream = self.stream.open(&self.bus).await?;
        stream
            .create_consumer(self.config())
            .await
            .with_context(|| format!("the consumer {} cannot be created", self.durable))
    }

    /// Whether everything was delivered and acknowledged.
    pub(crate) async fn settled(&self) -> bool {
        let found: Result<Pull, _> =
            self.bus.jetstream.get_consumer_from_stream(&self.durable, self.stream.name()).await;
        found.is_ok_and(|consumer| {
            let info = consumer.cached_info();
            info.num_pending == 0 && info.num_ack_pending == 0
        })
    }

    pub(crate) async fn run(self: Arc<Self>, mut attached: Option<Pull>) {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        while !self.bus.shutdown.is_cancelled() {
            let consumed = async {
                let consumer = match attached.take() {
                    Some(consumer) => consumer,
                    None => self.attach().await?,
                };
                self.consume(consumer, &mut backoff).await
            };
            if let Err(error) = consumed.await {
                let wait = backoff.next();
                tracing::warn!(
                    durable = self.durable,
                    stream = self.stream.name(),
                    wait_ms = wait.as_millis(),
                    error = format!("{error:#}"),
                    "a consumer starts again"
                );
                self.bus.pause(wait).await;
            }
        }
    }

    /// Takes events until shutdown, or until the consumer on the server is gone.
    async fn consume(&self, consumer: Pull, backoff: &mut Backoff) -> anyhow::Result<()> {
        let mut messages = consumer
            .stream()
            .max_messages_per_batch(BATCH)
            .expires(Duration::from_secs(30))
            .heartbeat(Duration::from_secs(5))
            .messages()
            .await?;
        loop {
            let Some(next) = self.bus.shutdown.run_until_cancelled(messages.next()).await else { break };
            let mut deliveries = vec![next.context("the subscription ended")??];
            let mut broken = None;
            while deliveries.len() < BATCH {
                match messages.next().now_or_never() {
                    Some(Some(Ok(message))) => deliveries.push(message),
                    Some(Some(Err(error))) => broken = Some(error),
                    Some(None) | None => break,
                }
                if broken.is_some() {
                    break;
                }
            }
            let deliveries: Vec<_> = deliveries.into_iter().filter_map(Delivery::read).collect();
            self.measure(&deliveries);
            match self.worker.take(deliveries).await {
                Next::GoOn => backoff.reset(),
                Next::DatabaseAway => self.await_database().await,
            }
            if let Some(error) = broken {
                return Err(error.into());
            }
        }
        // Handed back, rather than left until they are missed.
        while let Some(Some(Ok(message))) = messages.next().now_or_never() {
            if let Some(delivery) = Delivery::read(message) {
                delivery.postpone(None).await;
            }
        }
        Ok(())
    }

    async fn await_database(&self) {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        while !answers(&self.worker.database).await && self.bus.pause(backoff.next()).await {}
    }

    fn measure(&self, deliveries: &[Delivery]) {
        let Some(last) = deliveries.last() else { return };
        metrics::gauge!("careway_consumer_pending", "service" => self.worker.service, "purpose" => self.worker.purpose)
            .set(last.pending as f64);
    }
}

async fn answers(database: &Database) -> bool {
    let Ok(mut reader) = database.read(&Call::system("health")).await else { return false };
    sqlx::query("select 1").execute(&mut *reader).await.is_ok()
}

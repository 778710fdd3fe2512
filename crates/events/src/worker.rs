//! Takes a purpose's events: inbox row, reaction and commit together, then the acknowledgement.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use careway_service::{Database, Error, Kind, Transaction, telemetry::continue_trace};
use tokio::time::Instant;
use tracing::{Instrument, Span, field::Empty, info_span};

use crate::{
    backoff,
    batch::react_to_all,
    dead_letters,
    delivery::{ACK_WITHIN, Delivery},
    envelope::Envelope,
    inbox,
    reaction::{Failure, Handler, Received, react},
    register::{Reactions, Taker},
    retries::Retries,
};

/// What takes the events of one purpose.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) database: Database,
    pub(crate) reactions: Arc<Reactions>,
    pub(crate) service: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) retries: Retries,
}

/// Whether the next events should be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    GoOn,
    /// The database is away; every fetch would only spend a delivery.
    DatabaseAway,
}

/// An event with its reaction.
struct Job<'a> {
    delivery: Delivery,
    envelope: Envelope,
    taker: Taker<'a>,
}

impl Worker {
    /// Takes these deliveries. Those that come for the first time share a transaction; when that fails, and for those
    /// that failed before, each has its own: so a bad event never spoils its neighbours.
    pub(crate) async fn take(&self, deliveries: Vec<Delivery>) -> Next {
        let (mut together, mut alone) = (Vec::new(), Vec::new());
        let mut held = Instant::now();
        for delivery in deliveries {
            let Some(job) = self.prepare(delivery).await else { continue };
            if job.delivery.delivered > 1 { alone.push(job) } else { together.push(job) }
        }
        if together.len() > 1 && self.apply(&together).await.is_ok() {
            for job in together.drain(..) {
                self.done(&job).await;
            }
        }
        let mut waiting = VecDeque::from(together);
        waiting.extend(alone);
        let mut next = Next::GoOn;
        while let Some(job) = waiting.pop_front() {
            if next == Next::DatabaseAway {
                job.delivery.postpone(Some(self.wait(&job.delivery))).await;
                continue;
            }
            if held.elapsed() > ACK_WITHIN / 4 {
                for waiting in waiting.iter().chain([&job]) {
                    waiting.delivery.hold().await;
                }
                held = Instant::now();
            }
            next = self.take_alone(job).await;
        }
        next
    }

    /// Puts aside what cannot be taken. The count is asked before anything is done with the event: so one that ends
    /// the whole process is put aside as well.
    async fn prepare(&self, delivery: Delivery) -> Option<Job<'_>> {
        let envelope = match &delivery.envelope {
            Ok(envelope) => envelope.clone(),
            Err(unreadable) => {
                let reason = unreadable.to_string();
                self.park(&delivery, &reason).await;
                return None;
            }
        };
        if delivery.delivered > self.retries.deliveries {
            self.park(&delivery, "it was delivered too often; the process may have ended while taking it")
                .await;
            return None;
        }
        let Some((_, taker)) = self.reactions.get(self.purpose, &envelope.event_type) else {
            // A newer replica asked for it, and it may get it.
            tracing::debug!(
                purpose = self.purpose,
                event_type = envelope.event_type,
                "no reaction here; left to others"
            );
            delivery.postpone(Some(self.wait(&delivery))).await;
            return None;
        };
        Some(Job { delivery, envelope, taker })
    }

    async fn take_alone(&self, job: Job<'_>) -> Next {
        let span = self.span(&job.envelope);
        let delivery = &job.delivery;
        match self.apply(std::slice::from_ref(&job)).instrument(span).await {
            Ok(()) => self.done(&job).await,
            Err(Failure::Undecodable) => self.park(delivery, &Failure::Undecodable.to_string()).await,
            Err(failure) => {
                self.count("failed", 1);
                tracing::warn!(service = self.service, purpose = self.purpose, event_type = job.envelope.event_type, event_id = %job.envelope.event_id, delivered = delivery.delivered, error = %failure, "a reaction failed");
                if let Failure::Away(_) = failure {
                    delivery.postpone(Some(self.wait(delivery))).await;
                    return Next::DatabaseAway;
                }
                if delivery.delivered >= self.retries.deliveries {
                    self.park(delivery, &failure.to_string()).await;
                } else {
                    delivery.postpone(Some(self.wait(delivery))).await;
                }
            }
        }
        Next::GoOn
    }

    /// Applies these events in one transaction: all or none. A purpose hears by type or everything, never both.
    async fn apply(&self, jobs: &[Job<'_>]) -> Result<(), Failure> {
        let mut tx = self.database.begin_system(self.purpose).await.map_err(Failure::of_database)?;
        let mut all = Vec::new();
        let mut once = Vec::new();
        for job in jobs {
            match job.taker {
                Taker::Once(handler) => once.push((job, handler)),
                Taker::Batch(handler) => all.push((job, handler)),
            }
        }
        if let Some((_, handler)) = all.first() {
            let received = all.iter().map(|(job, _)| Received::raw(&job.envelope, job.delivery.payload()));
            react_to_all(*handler, &mut tx, received.collect()).await?;
        }
        if !once.is_empty() {
            self.apply_new(&mut tx, &once).await?;
        }
        Ok(tx.finish().await?)
    }

    /// Applies those of these events that were not taken before.
    async fn apply_new(
        &self,
        tx: &mut Transaction,
        jobs: &[(&Job<'_>, &dyn Handler)],
    ) -> Result<(), Failure> {
        let now = tx.now();
        let events = jobs.iter().map(|(job, _)| job.envelope.event_id);
        let mut new = inbox::insert_new(tx, self.purpose, events, now)
            .await
            .map_err(|error| Failure::of_database(error.into()))?;
        for (job, handler) in jobs {
            // Taken out, for the same event may be among these twice.
            if new.remove(&job.envelope.event_id) {
                let span = if jobs.len() == 1 { Span::current() } else { self.span(&job.envelope) };
                react(*handler, tx, &job.envelope, job.delivery.payload()).instrument(span).await?;
            }
        }
        Ok(())
    }

    fn span(&self, envelope: &Envelope) -> Span {
        let span = info_span!(
            "reaction",
            otel.name = format!("{}.{}", self.service, self.purpose),
            otel.kind = "consumer",
            messaging.system = "nats",
            messaging.operation.name = "react",
            messaging.operation.type = "process",
            messaging.consumer.group.name = self.purpose,
            messaging.message.id = %envelope.event_id,
            event_type = envelope.event_type,
            error = Empty,
        );
        continue_trace(&span, envelope.traceparent.as_deref());
        span
    }

    async fn done(&self, job: &Job<'_>) {
        job.delivery.acknowledge().await;
        self.count("taken", 1);
    }

    /// Keeps the event for a person, and only then lets go of it.
    async fn park(&self, delivery: &Delivery, reason: &str) {
        match dead_letters::insert(&self.database, self.purpose, delivery, reason).await {
            Ok(()) => {
                delivery.acknowledge().await;
                self.count("parked", 1);
                tracing::error!(
                    service = self.service,
                    purpose = self.purpose,
                    stream = delivery.stream,
                    sequence = delivery.sequence,
                    reason,
                    "an event is now a dead letter"
                );
            }
            Err(error) => {
                tracing::warn!(service = self.service, purpose = self.purpose, %error, "a dead letter could not be kept");
                delivery.postpone(Some(self.wait(delivery))).await;
            }
        }
    }

    fn wait(&self, delivery: &Delivery) -> Duration {
        let failures = u32::try_from(delivery.delivered).unwrap_or(u32::MAX);
        backoff::delay(self.retries.first, self.retries.longest, failures)
    }

    fn count(&self, outcome: &'static str, events: u64) {
        metrics::counter!("careway_events_total", "service" => self.service, "purpose" => self.purpose, "outcome" => outcome)
            .increment(events);
    }
}

impl Failure {
    /// A failure to begin.
    fn of_database(error: Error) -> Self {
        if error.kind() == Kind::Unavailable { Self::Away(error) } else { Self::Refused(error) }
    }
}

//! Carries the outbox to JetStream: one relay of a service leads, the others stand by and pass on what they are told.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use careway_service::Database;
use sqlx::{
    PgConnection,
    postgres::{PgListener, PgPoolOptions},
};
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    task::AbortHandle,
    time::Instant,
};

use crate::{
    auditor::{Audit, Auditor},
    backoff::Backoff,
    bus::Bus,
    fault::Fault,
    outbox::{self, Row},
    publisher, retention,
    stream::Stream,
};

/// How many rows are picked, published and marked at a time.
const BATCH: i64 = 500;
/// How often the outbox is looked at without being told, and a standby tries to lead.
const POLL: Duration = Duration::from_secs(1);
/// The longest wait after a fault: nothing tells the relay that NATS or PostgreSQL is back.
const LONGEST: Duration = Duration::from_secs(5);
/// What is recorded within this time is published together, and passed on once by a standby.
const TOGETHER: Duration = Duration::from_millis(5);
const AUDIT_EVERY: Duration = Duration::from_secs(60);
const SWEEP_EVERY: Duration = Duration::from_secs(3600);

/// The relay of one service.
pub struct Relay {
    bus: Bus,
    database: Database,
    service: &'static str,
    stream: Stream,
    poll: Duration,
    before_mark: Option<Arc<Semaphore>>,
}

/// A started relay.
#[derive(Clone)]
pub struct RelayHandle {
    database: Database,
    audits: mpsc::Sender<oneshot::Sender<Audit>>,
    task: AbortHandle,
}

/// The session of the leader: the lock lives and dies with its connection.
struct Session {
    connection: PgConnection,
    listener: PgListener,
}

impl Relay {
    /// The relay from this database to the stream of the context that is named as its service.
    pub fn new(bus: impl Into<Bus>, database: &Database, service: &'static str) -> Self {
        let bus = bus.into();
        let stream = Stream::new(&bus.prefix, service);
        Self { bus, database: database.clone(), service, stream, poll: POLL, before_mark: None }
    }

    /// For tests of a crash at the worst instant: each batch, published, takes a permit before its rows are marked.
    #[must_use]
    pub fn hold_before_mark(mut self, permits: Arc<Semaphore>) -> Self {
        self.before_mark = Some(permits);
        self
    }

    /// For tests of what is told: only so often is the outbox looked at without being told, and does a standby try to lead.
    #[must_use]
    pub fn looking_every(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// Starts it. It ends at shutdown, when what is in flight is acknowledged and marked.
    pub fn start(self) -> RelayHandle {
        let (audits, requests) = mpsc::channel(8);
        let (database, tasks) = (self.database.clone(), self.bus.tasks.clone());
        let task = tasks.spawn(self.run(requests)).abort_handle();
        RelayHandle { database, audits, task }
    }

    async fn run(self, mut requests: mpsc::Receiver<oneshot::Sender<Audit>>) {
        let mut backoff = Backoff::new(Duration::from_millis(100), LONGEST);
        while !self.bus.shutdown.is_cancelled() {
            let led = async {
                let Some(mut session) = self.stand_by().await? else { return Ok(()) };
                backoff.reset();
                self.lead(&mut session, &mut requests).await
            };
            let led = led.await;
            // Whoever leads next measures; what stays here would be taken for the present.
            self.measure(&[]);
            metrics::gauge!("careway_stream_filled_ratio", "service" => self.service).set(0.0);
            if let Err(error) = led {
                tracing::warn!(service = self.service, %error, "the relay lost its lead");
                self.bus.pause(backoff.next()).await;
            }
        }
    }

    /// Waits until no other relay of the service leads. `None` at shutdown.
    async fn stand_by(&self) -> Result<Option<Session>, Fault> {
        let mut connection = outbox::connect(self.database.options()).await?;
        while !try_lock(&mut connection, self.service).await? {
            tokio::select! {
                () = self.bus.shutdown.cancelled() => return Ok(None),
                () = self.database.recorded().notified() => {
                    pass_on(&mut connection).await?;
                    self.bus.pause(TOGETHER).await;
                }
                () = tokio::time::sleep(self.poll) => {}
            }
        }
        // A pool of its own: a listener keeps its connection, and the service's pool is sized for requests.
        let own = PgPoolOptions::new().max_connections(1).connect_lazy_with(self.database.options().clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen("outbox").await?;
        tracing::info!(service = self.service, "the relay leads");
        Ok(Some(Session { connection, listener }))
    }

    async fn lead(
        &self,
        session: &mut Session,
        requests: &mut mpsc::Receiver<oneshot::Sender<Audit>>,
    ) -> Result<(), Fault> {
        let mut auditor = Auditor::new(self.bus.clone(), self.stream.clone(), self.service);
        let mut backoff = Backoff::new(Duration::from_millis(100), LONGEST);
        let mut asked: Vec<oneshot::Sender<Audit>> = Vec::new();
        let (mut next_audit, mut next_sweep) = (Instant::now(), Instant::now());
        while !self.bus.shutdown.is_cancelled() {
            while session.listener.next_buffered().is_some() {}
            asked.extend(std::iter::from_fn(|| requests.try_recv().ok()));

            let turn = async {
                let rows = outbox::list_unpublished(&mut session.connection, BATCH).await?;
                self.measure(&rows);
                self.check_broker()?;
                let mut is_more = rows.len() as i64 == BATCH;
                if !asked.is_empty() || Instant::now() >= next_audit {
                    let audit = auditor.audit(&mut session.connection).await?;
                    for reply in asked.drain(..) {
                        // Whoever asked may have stopped waiting.
                        let _: Result<(), Audit> = reply.send(audit);
                    }
                    next_audit = Instant::now() + AUDIT_EVERY;
                    is_more |= audit.refilled > 0;
                }
                is_more |= !self.publish_batch(&mut session.connection, &mut auditor, rows).await?;
                Ok(is_more)
            };
            let began = Instant::now();
            match turn.await {
                Ok(true) => backoff.reset(),
                Ok(false) => {
                    backoff.reset();
                    if Instant::now() >= next_sweep {
                        if retention::sweep(&mut session.connection, self.bus.clock.now()).await? == 0 {
                            next_sweep = Instant::now() + SWEEP_EVERY;
                        }
                        continue;
                    }
                    tokio::select! {
                        () = self.bus.shutdown.cancelled() => {}
                        () = self.database.recorded().notified() => {}
                        heard = session.listener.recv() => if heard.is_err() {
                            self.bus.pause(POLL).await;
                        },
                        Some(reply) = requests.recv() => asked.push(reply),
                        () = tokio::time::sleep(self.poll) => {}
                    }
                    // What is recorded at nearly the same time goes together.
                    tokio::time::sleep_until(began + TOGETHER).await;
                }
                Err(Fault::Broker(error)) => {
                    let wait = backoff.next();
                    tracing::warn!(
                        service = self.service,
                        wait_ms = wait.as_millis(),
                        error = format!("{error:#}"),
                        "events wait in the outbox"
                    );
                    // Whatever is wrong, look at the stream before publishing again.
                    next_audit = Instant::now();
                    self.bus.pause(wait).await;
                }
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    fn check_broker(&self) -> Result<(), Fault> {
        self.bus.check_server()?;
        if !self.bus.is_connected() {
            return Err(Fault::Broker(anyhow::anyhow!("not connected")));
        }
        Ok(())
    }

    /// Publishes these rows and marks what was acknowledged; false when they have to be looked at again.
    async fn publish_batch(
        &self,
        connection: &mut PgConnection,
        auditor: &mut Auditor,
        rows: Vec<Row>,
    ) -> Result<bool, Fault> {
        if rows.is_empty() {
            return Ok(true);
        }
        let count = rows.len();
        let outcome = publisher::publish(&self.bus, &self.stream, self.service, rows).await;
        if let Some(permits) = &self.before_mark {
            permits.acquire().await.context("the test ended")?.forget();
        }
        if !auditor.trusts(connection, &outcome).await? {
            return Ok(false);
        }
        if !outcome.published.is_empty() {
            outbox::update_published(connection, &outcome.published, self.bus.clock.now()).await?;
            metrics::counter!("careway_outbox_published_total", "service" => self.service)
                .increment(outcome.published.len() as u64);
        }
        if let Some((_, error)) = outcome.failed.first() {
            let message = format!("{} of {count} events were not taken: {error}", outcome.failed.len());
            outbox::update_failed(connection, &outcome.failed).await?;
            return Err(Fault::Broker(anyhow::anyhow!(message)));
        }
        Ok(true)
    }

    fn measure(&self, rows: &[Row]) {
        let age = rows.first().map_or(0.0, |row| row.age);
        metrics::gauge!("careway_outbox_oldest_seconds", "service" => self.service).set(age);
    }
}

impl RelayHandle {
    /// Audits now, and says what was found; `None` when the relay ended first. Waits while NATS is away, and while
    /// another relay leads.
    pub async fn audit_now(&self) -> Option<Audit> {
        let (reply, audit) = oneshot::channel();
        self.audits.send(reply).await.ok()?;
        audit.await.ok()
    }

    /// Whether everything that was recorded is published.
    pub async fn settled(&self) -> bool {
        crate::probe::outbox_is_empty(&self.database).await.unwrap_or(false)
    }

    /// Ends it on the spot, as a crash would.
    pub fn abort(&self) {
        self.task.abort();
    }
}

/// Tells the leader, which is in another process, that there is something in the outbox.
async fn pass_on(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("select pg_notify('outbox', '')").execute(connection).await.map(drop)
}

/// A session lock: it goes when the connection goes, so a dead leader never blocks the next.
async fn try_lock(connection: &mut PgConnection, service: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar("select pg_try_advisory_lock(hashtextextended('careway.relay.' || $1, 0))")
        .bind(service)
        .fetch_one(connection)
        .await
}

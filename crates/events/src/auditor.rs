//! Compares the stream with the outbox, and has published again what the stream lost.
//!
//! JetStream may lose what it acknowledged: a disk deleted or restored from yesterday, a power cut before an fsync.
//! Four things give it away: the stream was made anew; it ends before places that rows claim; a place holds another
//! event than the row that claims it; and, noticed by the relay at once, a place is given out twice.

use std::{fmt, time::Duration};

use anyhow::Context;
use async_nats::jetstream::stream::{DirectGetErrorKind, Stream as Handle};
use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream};
use rand::RngExt;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    bus::Bus,
    envelope,
    fault::Fault,
    outbox::{self, Claimed},
    publisher::Outcome,
    stream::{KEPT, Stream, created, filled, is_nearly_full},
};

/// How many of the newest claims, and how many picked by chance, each audit verifies.
const NEWEST: i64 = 32;
const SAMPLED: usize = 32;
/// How many claims are verified at a time when one was false.
const STEP: i64 = 500;
const IN_FLIGHT: usize = 64;
/// Claims this near to the end of their keeping may have just been dropped.
const EXPIRING: Duration = Duration::from_secs(3600);

/// What an audit found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audit {
    /// What was wrong with the stream, if anything.
    pub finding: Option<Finding>,
    /// How many events are being published again.
    pub refilled: u64,
}

/// How a stream lost events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// It was deleted and made anew.
    Recreated,
    /// Its end is gone.
    TailLost,
    /// It holds other events than it acknowledged.
    Altered,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recreated => "the stream was made anew",
            Self::TailLost => "the stream's end is gone",
            Self::Altered => "the stream holds other events than it acknowledged",
        })
    }
}

/// The auditor of one context's stream. It works on the leader's session, between two batches of the relay: so no row
/// is marked while it looks.
pub(crate) struct Auditor {
    bus: Bus,
    stream: Stream,
    service: &'static str,
    created: Option<i128>,
    /// The highest place given out so far.
    highest: i64,
}

impl Auditor {
    pub(crate) fn new(bus: Bus, stream: Stream, service: &'static str) -> Self {
        Self { bus, stream, service, created: None, highest: 0 }
    }

    /// Opens the stream, compares it with the outbox, and makes unpublished again what it lacks.
    pub(crate) async fn audit(&mut self, connection: &mut PgConnection) -> Result<Audit, Fault> {
        let handle = self.stream.ensure(&self.bus).await?;
        let info = handle.cached_info();
        self.measure(filled(info), info.config.max_bytes);
        let (created, last) = (created(info), place(info.state.last_sequence)?);
        let highest = outbox::get_highest_sequence(connection).await?;

        let mut audit = Audit::default();
        if self.created.is_some_and(|known| known != created) && highest > 0 {
            audit.add(Finding::Recreated, outbox::refill_from(connection, 0).await?);
        } else if last < highest {
            audit.add(Finding::TailLost, outbox::refill_from(connection, last + 1).await?);
        }
        self.verify(connection, &handle, &mut audit).await?;

        self.created = Some(created);
        self.highest = last;
        self.report(audit);
        Ok(audit)
    }

    /// Whether a batch's places may be believed, asked before its rows are marked. A place at or below one given out
    /// before means that the stream lost its end in between, and everything from there on with it; then the batch stays
    /// unpublished too, because nobody knows which of its places were given before the loss.
    pub(crate) async fn trusts(
        &mut self,
        connection: &mut PgConnection,
        outcome: &Outcome,
    ) -> Result<bool, Fault> {
        if let Some(lowest) = outcome.lowest_new.filter(|lowest| *lowest <= self.highest) {
            let refilled = outbox::refill_from(connection, lowest).await?;
            self.report(Audit { finding: Some(Finding::TailLost), refilled });
            (self.created, self.highest) = (None, 0);
            return Ok(false);
        }
        let highest = outcome.published.iter().map(|row| row.sequence).max();
        self.highest = highest.map_or(self.highest, |highest| highest.max(self.highest));
        Ok(true)
    }

    async fn verify(
        &self,
        connection: &mut PgConnection,
        handle: &Handle,
        audit: &mut Audit,
    ) -> Result<(), Fault> {
        let newest = outbox::list_newest_claims(connection, i64::MAX, NEWEST).await?;
        let Some(highest) = newest.first().map(|claim| claim.stream_seq) else { return Ok(()) };
        let first = place(handle.cached_info().state.first_sequence)?.clamp(1, highest);
        let places: Vec<i64> = {
            let mut random = rand::rng();
            (0..SAMPLED).map(|_| random.random_range(first..=highest)).collect()
        };
        let sampled = outbox::list_claims_near(connection, &places).await?;
        let newest_lost = self.lost(handle, &newest).await?;
        let sampled_lost = self.lost(handle, &sampled).await?;
        let lost = newest
            .iter()
            .chain(&sampled)
            .filter(|claim| newest_lost.contains(&claim.event_id) || sampled_lost.contains(&claim.event_id));
        match lost.map(|claim| claim.stream_seq).min() {
            None => Ok(()),
            Some(reach) => self.walk_back(connection, handle, reach, audit).await,
        }
    }

    /// From the newest claim backwards, past the one at `reach` and until a whole step of them is true.
    async fn walk_back(
        &self,
        connection: &mut PgConnection,
        handle: &Handle,
        reach: i64,
        audit: &mut Audit,
    ) -> Result<(), Fault> {
        let mut below = i64::MAX;
        loop {
            let claims = outbox::list_newest_claims(connection, below, STEP).await?;
            let Some(oldest) = claims.last() else { return Ok(()) };
            below = oldest.stream_seq;
            let lost = self.lost(handle, &claims).await?;
            if lost.is_empty() && below <= reach {
                return Ok(());
            }
            audit.add(Finding::Altered, outbox::refill(connection, &lost).await?);
        }
    }

    /// Which of these rows the stream does not hold where they claim to be.
    async fn lost(&self, handle: &Handle, claims: &[Claimed]) -> Result<Vec<Uuid>, Fault> {
        let kept_since = self.bus.clock.now() - KEPT + EXPIRING;
        let checked: Vec<Option<Uuid>> = stream::iter(claims.iter().copied())
            .map(|claim| async move {
                anyhow::Ok((!holds(handle, claim, kept_since).await?).then_some(claim.event_id))
            })
            .buffer_unordered(IN_FLIGHT)
            .try_collect()
            .await?;
        Ok(checked.into_iter().flatten().collect())
    }

    fn measure(&self, filled: f64, most: i64) {
        metrics::gauge!("careway_stream_filled_ratio", "service" => self.service).set(filled);
        if is_nearly_full(filled) {
            tracing::warn!(
                service = self.service,
                stream = self.stream.name(),
                percent = (filled * 100.0).round(),
                max_bytes = most,
                "the stream is nearly full: give it more with CAREWAY_EVENTS_STREAM_MAX_BYTES"
            );
        }
    }

    fn report(&self, audit: Audit) {
        let Some(finding) = audit.finding else { return };
        tracing::error!(
            service = self.service,
            stream = self.stream.name(),
            refilled = audit.refilled,
            "events lost by JetStream: {finding}; publishing them again"
        );
        metrics::counter!("careway_outbox_refilled_total", "service" => self.service)
            .increment(audit.refilled);
    }
}

impl Audit {
    fn add(&mut self, finding: Finding, refilled: u64) {
        self.finding.get_or_insert(finding);
        self.refilled += refilled;
    }
}

async fn holds(handle: &Handle, claim: Claimed, kept_since: DateTime<Utc>) -> anyhow::Result<bool> {
    if claim.published_at < kept_since {
        return Ok(true);
    }
    match handle.direct_get(u64::try_from(claim.stream_seq)?).await {
        Ok(message) => {
            let held = message.headers.get(envelope::ID).map(|id| id.as_str().to_owned());
            Ok(held.as_deref() == Some(claim.event_id.to_string().as_str()))
        }
        Err(error) if error.kind() == DirectGetErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).context("the stream cannot be read"),
    }
}

fn place(sequence: u64) -> anyhow::Result<i64> {
    i64::try_from(sequence).context("the stream's sequence overflows")
}

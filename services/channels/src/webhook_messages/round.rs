//! A round with an endpoint: messages that are due together, several subjects at once, those of one subject one after the other.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use careway_kernel::id_at;
use careway_service::{Result, count};
use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::{sync::Mutex, time::Instant};

use super::{
    domain::{
        State,
        lanes::lanes,
        retry::{self, Next, Outcome},
    },
    store::{DueMessage, Ended},
};
use crate::{
    App,
    outbound::{Failure, Sent},
    webhook_endpoints::{
        domain::{Settings, secret::Secret},
        sign,
    },
};

/// Connections to an endpoint.
const AT_ONCE: usize = 8;
/// An answer that comes later is late.
const LATE: Duration = Duration::from_secs(2);

/// What became of the messages of a round.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// In the order in which they ended.
    pub(super) ends: Vec<End>,
    /// An answer came late, or none came in time.
    pub(super) late: bool,
}

impl Round {
    /// As it is kept.
    pub(super) fn ended(&self) -> Vec<Ended> {
        self.ends.iter().map(|end| end.kept.clone()).collect()
    }
}

/// What became of a message.
#[derive(Debug)]
pub(super) struct End {
    pub(super) success: bool,
    /// The endpoint is gone.
    pub(super) gone: bool,
    pub(super) ended_at: DateTime<Utc>,
    kept: Ended,
}

/// Sends to an endpoint, within a turn's time.
pub(super) struct Sender<'a> {
    app: &'a App,
    url: &'a str,
    secrets: &'a [Secret],
    at_once: usize,
    until: Instant,
    pace: Pace,
    /// Nothing more is to be begun: it answers late, or is gone.
    stopped: AtomicBool,
}

impl<'a> Sender<'a> {
    /// One that begins nothing after `until`. An endpoint that answered late before has one connection.
    pub(super) fn new(
        app: &'a App,
        settings: &'a Settings,
        secrets: &'a [Secret],
        slow: bool,
        until: Instant,
    ) -> Self {
        Self {
            app,
            url: &settings.url,
            secrets,
            at_once: if slow { 1 } else { AT_ONCE },
            until,
            pace: Pace::of(settings.rate),
            stopped: AtomicBool::new(false),
        }
    }

    /// Sends what is due, as far as there is time.
    pub(super) async fn send(&self, due: Vec<DueMessage>) -> Result<Round> {
        let lanes = stream::iter(lanes(due)).map(|lane| self.send_lane(lane));
        let lanes: Vec<Round> = lanes.buffer_unordered(self.at_once).try_collect().await?;
        let mut round = Round::default();
        for lane in lanes {
            round.late |= lane.late;
            round.ends.extend(lane.ends);
        }
        round.ends.sort_by_key(|end| end.ended_at);
        Ok(round)
    }

    async fn send_lane(&self, lane: Vec<DueMessage>) -> Result<Round> {
        let mut round = Round::default();
        for message in lane {
            if !self.may_begin().await {
                break;
            }
            let (end, late) = self.attempt(&message).await?;
            if late || end.gone {
                self.stopped.store(true, Ordering::Relaxed);
            }
            round.late |= late;
            round.ends.push(end);
        }
        Ok(round)
    }

    /// Waits for the endpoint's pace.
    async fn may_begin(&self) -> bool {
        let ended = || {
            self.stopped.load(Ordering::Relaxed)
                || self.app.foundation.shutdown.is_cancelled()
                || Instant::now() >= self.until
        };
        !ended() && self.pace.wait(self.until).await && !ended()
    }

    async fn attempt(&self, message: &DueMessage) -> Result<(End, bool)> {
        let at = self.app.clock.now();
        let headers = sign::headers(self.secrets, message.event_id, at, &message.body)?;
        let sent = self.app.outbound.post(self.url, headers, message.body.clone()).await;
        let ended_at = self.app.clock.now();
        let late = sent.took > LATE || sent.end == Err(Failure::TimedOut);
        let next = retry::next(message.tries + 1, ended_at, outcome(&sent), rand::random());
        let (state, due_at) = match next {
            Next::Delivered => (State::Delivered, None),
            Next::Exhausted => (State::Exhausted, None),
            Next::Again(due_at) => (State::Pending, Some(due_at)),
            Next::Gone => (State::Pending, Some(ended_at)),
        };
        let status = sent.end.as_ref().ok().map(|answer| answer.status);
        let failure = sent.end.as_ref().err().map(|failure| failure.as_str());
        note_attempt(status, failure);
        let kept = Ended {
            event: message.event_id,
            tries: message.tries,
            state,
            due_at,
            attempt: id_at(at),
            at,
            milliseconds: count(sent.took.as_millis()),
            status: status.map(i32::from),
            failure,
        };
        let end = End { success: next == Next::Delivered, gone: next == Next::Gone, ended_at, kept };
        Ok((end, late))
    }
}

fn outcome(sent: &Sent) -> Outcome<'_> {
    match &sent.end {
        Ok(answer) => Outcome::Answered { status: answer.status, retry_after: answer.retry_after.as_deref() },
        Err(Failure::TimedOut) => Outcome::TimedOut,
        Err(_) => Outcome::Failed,
    }
}

fn note_attempt(status: Option<u16>, failure: Option<&'static str>) {
    let outcome = failure.unwrap_or(match status {
        Some(200..=299) => "DELIVERED",
        Some(300..=399) => "REDIRECTED",
        Some(400..=499) => "REFUSED",
        _ => "FAULT",
    });
    metrics::counter!("careway_webhook_attempts_total", "outcome" => outcome).increment(1);
}

/// At most so many messages a second.
struct Pace {
    gap: Option<Duration>,
    next: Mutex<Instant>,
}

impl Pace {
    fn of(rate: i32) -> Self {
        let gap = u32::try_from(rate).ok().filter(|rate| *rate > 0).map(|rate| Duration::from_secs(1) / rate);
        Self { gap, next: Mutex::new(Instant::now()) }
    }

    /// Waits until one more may be sent; false when that is not before `until`.
    async fn wait(&self, until: Instant) -> bool {
        let Some(gap) = self.gap else { return true };
        let mut next = self.next.lock().await;
        let turn = (*next).max(Instant::now());
        if turn >= until {
            return false;
        }
        tokio::time::sleep_until(turn).await;
        *next = turn + gap;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_messages_than_an_endpoint_wants() {
        let (pace, begun) = (Pace::of(10), Instant::now());
        let mut sent = Vec::new();
        while pace.wait(begun + Duration::from_secs(5)).await {
            sent.push(Instant::now());
        }
        assert!((45..=50).contains(&sent.len()), "all that there is time for: {}", sent.len());
        for second in sent.windows(11) {
            assert!(second[10] - second[0] >= Duration::from_secs(1));
        }
    }
}

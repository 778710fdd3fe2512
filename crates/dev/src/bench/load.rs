//! Load: closed loops, which find how much there is to be had, and open ones, in which latency can be believed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    client::Connection,
    jobs::{Done, Job, Jobs},
    refusals::Refusals,
};

/// A loop that is refused so often in a row stops.
pub(super) const MOST_REFUSALS: u32 = 20;

/// Connections that are open before the first arrival of an open loop.
const PREPARED: usize = 16;

/// What a closed loop came to.
#[derive(Debug)]
pub(super) struct Closed {
    /// Done a second, after the first moments and before the last.
    pub(super) rate: f64,
    /// Done in all, those that ended late included: what the CPU time is divided by.
    pub(super) done: u64,
}

/// The latencies of an open loop.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// Arrivals a second.
    pub(super) rate: f64,
    /// From the intended start to the end, but for the wait for a code.
    pub(super) whole: Vec<Duration>,
    pub(super) done: Vec<Done>,
}

struct Outcome {
    ended: Vec<Instant>,
    refused: u64,
    why: Option<anyhow::Error>,
}

/// Keeps so many jobs under way for so long.
pub(super) async fn closed(
    jobs: &Arc<Jobs>,
    job: Job,
    under_way: usize,
    lasting: Duration,
    borne: Refusals,
) -> anyhow::Result<Closed> {
    let from = Instant::now() + lasting / 8;
    let until = Instant::now() + lasting;
    let mut tasks = JoinSet::new();
    for _ in 0..under_way {
        tasks.spawn(again_and_again(jobs.clone(), job, until));
    }
    let (mut done, mut counted, mut refused, mut why) = (0_u64, 0_u64, 0_u64, None);
    for outcome in tasks.join_all().await {
        let outcome = outcome?;
        done += outcome.ended.len() as u64;
        counted += outcome.ended.iter().filter(|at| (from..until).contains(*at)).count() as u64;
        refused += outcome.refused;
        why = why.or(outcome.why);
    }
    borne.bear(done, refused, why)?;
    Ok(Closed { rate: counted as f64 / (until - from).as_secs_f64(), done })
}

/// At least once, however late it begins.
async fn again_and_again(jobs: Arc<Jobs>, job: Job, until: Instant) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome { ended: Vec::new(), refused: 0, why: None };
    let mut connection = jobs.connect().await?;
    let mut in_a_row = 0;
    loop {
        match jobs.perform(job, &mut connection).await {
            Ok(_) => {
                in_a_row = 0;
                outcome.ended.push(Instant::now());
            }
            Err(error) => {
                in_a_row += 1;
                outcome.refused += 1;
                outcome.why.get_or_insert(error);
                connection = jobs.connect().await?;
            }
        }
        if Instant::now() >= until || in_a_row == MOST_REFUSALS {
            return Ok(outcome);
        }
    }
}

/// Starts so many jobs a second for so long, whether or not earlier ones have ended.
pub(super) async fn open(
    jobs: &Arc<Jobs>,
    job: Job,
    rate: f64,
    lasting: Duration,
    borne: Refusals,
) -> anyhow::Result<Open> {
    let mut prepared = Vec::new();
    for _ in 0..PREPARED {
        prepared.push(jobs.connect().await?);
    }
    let idle = Arc::new(Mutex::new(prepared));
    let mut arrivals = arrivals(rate, lasting);
    let mut tasks = JoinSet::new();
    while let Some(intended) = arrivals.recv().await {
        tasks.spawn(once(jobs.clone(), job, idle.clone(), intended));
    }
    let mut open = Open { rate, ..Open::default() };
    let (mut refused, mut why) = (0, None);
    for outcome in tasks.join_all().await {
        match outcome {
            Ok((whole, done)) => {
                open.whole.push(whole);
                open.done.push(done);
            }
            Err(error) => {
                refused += 1;
                why.get_or_insert(error);
            }
        }
    }
    borne.bear(open.done.len() as u64, refused, why)?;
    open.whole.sort_unstable();
    Ok(open)
}

/// A thread of its own: a runtime's timer is a millisecond coarse.
pub(super) fn arrivals(rate: f64, lasting: Duration) -> mpsc::UnboundedReceiver<Instant> {
    let (sender, receiver) = mpsc::unbounded_channel();
    thread::spawn(move || {
        let (start, gap) = (Instant::now(), Duration::from_secs_f64(1.0 / rate.max(1.0)));
        let mut intended = start;
        while intended < start + lasting {
            thread::sleep(intended.saturating_duration_since(Instant::now()));
            if sender.send(intended).is_err() {
                return;
            }
            intended += gap;
        }
    });
    receiver
}

async fn once(
    jobs: Arc<Jobs>,
    job: Job,
    idle: Arc<Mutex<Vec<Connection>>>,
    intended: Instant,
) -> anyhow::Result<(Duration, Done)> {
    let free = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut connection = match free {
        Some(connection) => connection,
        None => jobs.connect().await?,
    };
    let done = jobs.perform(job, &mut connection).await?;
    let whole = intended.elapsed().saturating_sub(done.waited);
    idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    Ok((whole, done))
}

/// The value below which so many in a hundred lie; of a sorted list.
pub(super) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_what_was_measured() {
        let hundred: Vec<_> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&hundred, 50), Duration::from_millis(50));
        assert_eq!(percentile(&hundred, 99), Duration::from_millis(99));
        assert_eq!(percentile(&hundred[..1], 99), Duration::from_millis(1));
        assert_eq!(percentile(&[], 50), Duration::ZERO);
    }

    #[tokio::test]
    async fn arrivals_come_by_schedule() {
        let mut arrivals = arrivals(1000.0, Duration::from_millis(20));
        let mut intended = Vec::new();
        while let Some(at) = arrivals.recv().await {
            intended.push(at);
        }
        assert_eq!(intended.len(), 20);
        assert!(intended.windows(2).all(|pair| pair[1] - pair[0] == Duration::from_millis(1)));
    }
}

//! Load by workers who each do one thing after the other: closed loops for rates, open ones for latencies.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::Mutex,
    task::{JoinHandle, JoinSet},
};

use super::{
    load::{Closed, MOST_REFUSALS, arrivals},
    refusals::Refusals,
};

/// Somebody with a connection of their own, who does the same again and again.
pub(super) trait Worker: Send + 'static {
    /// Once.
    fn perform(&mut self) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// What a worker did.
#[derive(Default)]
struct Outcome {
    /// When each ended.
    ended: Vec<Instant>,
    /// What each took.
    took: Vec<Duration>,
    refused: u64,
    why: Option<anyhow::Error>,
}

impl Outcome {
    fn note(&mut self, since: Instant, done: anyhow::Result<()>) -> bool {
        match done {
            Ok(()) => {
                self.ended.push(Instant::now());
                self.took.push(since.elapsed());
                true
            }
            Err(error) => {
                self.refused += 1;
                self.why.get_or_insert(error);
                false
            }
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.ended.extend(other.ended);
        self.took.extend(other.took);
        self.refused += other.refused;
        self.why = self.why.or(other.why);
        self
    }
}

/// Keeps every worker at work for so long, and each at least once; they come back for the next time.
pub(super) async fn closed<W: Worker>(
    workers: &mut Vec<W>,
    lasting: Duration,
    borne: Refusals,
) -> anyhow::Result<Closed> {
    let (from, until) = (Instant::now() + lasting / 8, Instant::now() + lasting);
    let tasks: Vec<JoinHandle<(W, Outcome)>> = workers
        .drain(..)
        .map(|mut worker| {
            tokio::spawn(async move {
                let (mut outcome, mut in_a_row) = (Outcome::default(), 0);
                loop {
                    let since = Instant::now();
                    let done = worker.perform().await;
                    in_a_row = if outcome.note(since, done) { 0 } else { in_a_row + 1 };
                    if Instant::now() >= until || in_a_row == MOST_REFUSALS {
                        return (worker, outcome);
                    }
                }
            })
        })
        .collect();
    let mut all = Outcome::default();
    for task in tasks {
        let (worker, outcome) = task.await?;
        workers.push(worker);
        all = all.and(outcome);
    }
    let done = all.ended.len() as u64;
    borne.bear(done, all.refused, all.why)?;
    let counted = all.ended.iter().filter(|at| (from..until).contains(*at)).count();
    Ok(Closed { rate: counted as f64 / (until - from).as_secs_f64(), done })
}

/// Has so many done a second for so long; what each took from its intended start, the least first. One that finds every
/// worker busy waits, and its wait counts.
pub(super) async fn open<W: Worker>(
    workers: Vec<W>,
    rate: f64,
    lasting: Duration,
    borne: Refusals,
) -> anyhow::Result<Vec<Duration>> {
    let arrivals = Arc::new(Mutex::new(arrivals(rate, lasting)));
    let mut tasks = JoinSet::new();
    for mut worker in workers {
        let arrivals = arrivals.clone();
        tasks.spawn(async move {
            let mut outcome = Outcome::default();
            loop {
                let next = arrivals.lock().await.recv().await;
                let Some(intended) = next else { return outcome };
                let done = worker.perform().await;
                outcome.note(intended, done);
            }
        });
    }
    let all = tasks.join_all().await.into_iter().fold(Outcome::default(), Outcome::and);
    borne.bear(all.ended.len() as u64, all.refused, all.why)?;
    let mut took = all.took;
    took.sort_unstable();
    Ok(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counter(u32);

    impl Worker for Counter {
        async fn perform(&mut self) -> anyhow::Result<()> {
            self.0 += 1;
            anyhow::ensure!(!self.0.is_multiple_of(200), "every 200th");
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok(())
        }
    }

    #[tokio::test]
    async fn workers_come_back_and_one_refusal_in_many_is_told_and_borne() {
        let mut workers = vec![Counter(0), Counter(0)];
        let reached = closed(&mut workers, Duration::from_millis(40), Refusals::Few).await.unwrap();
        assert_eq!(workers.iter().map(|worker| u64::from(worker.0)).sum::<u64>(), reached.done);
        let took = open(workers, 200.0, Duration::from_millis(50), Refusals::Few).await.unwrap();
        assert_eq!(took.len(), 10);
        assert!(took.is_sorted() && took[0] >= Duration::from_millis(1));
    }
}

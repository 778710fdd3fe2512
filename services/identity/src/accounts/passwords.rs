//! Runs argon2id off the async threads, a few at a time: each takes some 19 MiB and tens of milliseconds of a core.

use std::{sync::Arc, time::Duration};

use careway_kernel::random;
use careway_service::{Error, Result, SharedReason};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::domain::password::{Attempt, Password};

/// So many wait for each that is at work: some two seconds of it. Whoever comes then is told to come again.
const WAITING_FOR_EACH: usize = 32;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Turns,
    memory_kib: u32,
    /// The hash of a password nobody knows: an unknown address costs as much as a known one.
    nobody: Arc<str>,
}

impl Passwords {
    pub(crate) fn new(memory_kib: u32) -> anyhow::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let nobody = Password::parse(random::token(32).expose())?.hash(memory_kib)?;
        Ok(Self { turns: Turns::new(cores), memory_kib, nobody: nobody.into() })
    }

    /// The hash that is kept.
    pub(crate) async fn hash(&self, password: Password) -> Result<String> {
        let memory_kib = self.memory_kib;
        self.turns.run(move || password.hash(memory_kib)).await?.map_err(Error::internal)
    }

    /// Whether the attempt is the password of this hash; without a hash it is not, and takes as long to say so.
    pub(crate) async fn verify(&self, attempt: Attempt, hash: Option<&str>) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        Ok(self.turns.run(move || attempt.matches(&hash)).await? && known)
    }
}

/// Lets as many work at once as there are cores, and a bounded number wait.
#[derive(Clone)]
struct Turns {
    working: Arc<Semaphore>,
    /// Of those who work and those who wait.
    inside: Arc<Semaphore>,
}

impl Turns {
    fn new(cores: usize) -> Self {
        let inside = cores * (1 + WAITING_FOR_EACH);
        Self { working: Arc::new(Semaphore::new(cores)), inside: Arc::new(Semaphore::new(inside)) }
    }

    /// Runs this on its turn. The turn goes with the work, not with whoever asked for it: work that began runs to its
    /// end although nobody waits any more.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = self.inside.clone().try_acquire_owned().map_err(|_| busy())?;
        let turn = self.working.clone().acquire_owned().await.map_err(Error::internal)?;
        let done = spawn_blocking(move || {
            let _held = (place, turn);
            work()
        });
        done.await.map_err(Error::internal)
    }
}

fn busy() -> Error {
    Error::new(SharedReason::Overloaded, "Too many are signing in at the moment; try again.")
        .retry_after(Duration::from_secs(2))
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    };

    use careway_service::Kind;
    use futures::FutureExt;

    use super::*;

    const CORES: usize = 2;

    /// Work that counts itself, and ends when it may.
    #[derive(Default)]
    struct Bench {
        begun: AtomicUsize,
        may_end: Mutex<bool>,
        told: Condvar,
    }

    impl Bench {
        fn work(&self) {
            self.begun.fetch_add(1, Ordering::SeqCst);
            let guard = self.may_end.lock().unwrap();
            let _end = self.told.wait_while(guard, |may_end| !*may_end).unwrap();
        }

        fn end(&self) {
            *self.may_end.lock().unwrap() = true;
            self.told.notify_all();
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_fifty_who_went_away_no_more_work_than_there_are_cores() {
        let (turns, bench) = (Turns::new(CORES), Arc::new(Bench::default()));
        for _ in 0..50 {
            let shared = bench.clone();
            let asked = turns.run(move || shared.work()).now_or_never();
            assert!(asked.is_none(), "nobody has an answer yet, and nobody waits for one");
        }
        assert_eq!(turns.working.available_permits(), 0, "those who went left their turns to their work");
        bench.end();
        let _all_idle = turns.working.acquire_many(CORES as u32).await.unwrap();
        assert_eq!(bench.begun.load(Ordering::SeqCst), CORES, "the others went before their turn");
        assert_eq!(turns.inside.available_permits(), CORES * (1 + WAITING_FOR_EACH));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_finds_too_many_waiting_is_told_to_come_again() {
        let (turns, bench) = (Turns::new(1), Arc::new(Bench::default()));
        let ask = || {
            let shared = bench.clone();
            let mut asked = Box::pin(turns.run(move || shared.work()));
            assert!(asked.as_mut().now_or_never().is_none());
            asked
        };
        let waiting: Vec<_> = (0..=WAITING_FOR_EACH).map(|_| ask()).collect();
        let refused = turns.run(|| ()).await.unwrap_err();
        assert_eq!((refused.kind(), refused.reason()), (Kind::Unavailable, "OVERLOADED"));
        bench.end();
        for asked in waiting {
            asked.await.unwrap();
        }
        turns.run(|| ()).await.unwrap();
    }
}

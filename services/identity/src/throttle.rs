//! Slows down guessing, without letting a stranger lock somebody out: waits grow per (what is guessed, network
//! address), and per address; per account they hold only for addresses it never came from.

use std::{
    net::IpAddr,
    sync::{Arc, LazyLock},
    time::Duration,
};

use careway_contract::identity::v1;
use careway_kernel::{Clock, network::subscriber};
use careway_service::{Error, Foundation, Result};
use moka::sync::Cache;
use redis::{Pipeline, Script, aio::ConnectionManager};
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many tries are free, and how long one waits after them.
#[derive(Debug, Clone, Copy)]
struct Limit {
    free: u32,
    first: Duration,
    longest: Duration,
    memory: Duration,
}

const fn limit(free: u32, first_seconds: u64, longest_seconds: u64, memory_seconds: u64) -> Limit {
    let seconds = Duration::from_secs;
    Limit {
        free,
        first: seconds(first_seconds),
        longest: seconds(longest_seconds),
        memory: seconds(memory_seconds),
    }
}

/// One address guessing one account: five tries, then 1 s, 2 s, 4 s … 5 min.
const BY_PAIR: Limit = limit(5, 1, 300, 3600);
/// One address guessing anything: a hospital may stand behind it.
const BY_ADDRESS: Limit = limit(100, 1, 60, 900);
/// Many addresses guessing one account.
const BY_STRANGERS: Limit = limit(50, 5, 60, 86_400);
/// How long an address that signed in is no stranger.
const FAMILIAR: Duration = Duration::from_secs(30 * 86_400);

/// How many tries of one address at one account are judged at once, in this process: one less than are free, so that right
/// ones that come together are forgiven before they count as guesses. The next waits for its place.
const PLACES: usize = BY_PAIR.free as usize - 1;
/// Of how many pairs places are kept, and for how long without a try.
const PAIRS: u64 = 100_000;
const FORGOTTEN: Duration = Duration::from_secs(60);

/// Counts a try at once and says how long it waits.
pub(crate) static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("throttle.lua")));

/// The counts, in Redis.
#[derive(Clone)]
pub(crate) struct Throttle {
    redis: ConnectionManager,
    prefix: Arc<str>,
    clock: Clock,
    places: Cache<String, Arc<Semaphore>>,
}

/// One guess: what for, at what, and from where.
pub(crate) struct Guess {
    pair: String,
    address: String,
    strangers: String,
    familiar: String,
    /// Whether the try counts among those of strangers.
    strange: bool,
    /// Its place among those that are judged; given back with the guess.
    _place: OwnedSemaphorePermit,
}

impl Throttle {
    pub(crate) fn new(foundation: &Foundation) -> Self {
        Self {
            redis: foundation.redis.clone(),
            prefix: foundation.prefix.clone(),
            clock: foundation.clock.clone(),
            places: Cache::builder().max_capacity(PAIRS).time_to_idle(FORGOTTEN).build(),
        }
    }

    /// Counts a try before it is judged; keep the guess until it is.
    ///
    /// # Errors
    /// 429 when it is too early for another; 503 without Redis: nobody guesses unseen.
    pub(crate) async fn count(&self, purpose: &str, target: &str, address: Option<IpAddr>) -> Result<Guess> {
        let mut guess = self.guess(purpose, target, address).await;
        let mut redis = self.redis.clone();
        let familiar: bool = redis::cmd("EXISTS").arg(&guess.familiar).query_async(&mut redis).await?;
        guess.strange = !familiar;
        let limits = [(&guess.pair, BY_PAIR), (&guess.address, BY_ADDRESS), (&guess.strangers, BY_STRANGERS)];
        let mut call = SCRIPT.arg(self.clock.now().timestamp_millis());
        for (key, limit) in limits.into_iter().take(if familiar { 2 } else { 3 }) {
            call.key(key).arg(limit.free);
            for duration in [limit.first, limit.longest, limit.memory] {
                call.arg(duration.as_millis() as u64);
            }
        }
        let wait: u64 = call.invoke_async(&mut redis).await?;
        if wait > 0 {
            let refusal = Error::new(v1::Reason::SignInThrottled, "Too many tries. Wait, then try again.");
            return Err(refusal.retry_after(Duration::from_secs(wait.div_ceil(1000))));
        }
        Ok(guess)
    }

    /// The try was right: its counts are forgotten, and its address is familiar from now on.
    pub(crate) async fn forgive(&self, guess: &Guess) {
        let mut pipe = excusing(guess);
        pipe.del(&guess.pair).ignore();
        pipe.pset_ex(&guess.familiar, 1, FAMILIAR.as_millis() as u64).ignore();
        self.send(pipe).await;
    }

    /// The try was right as far as it went: nobody else has to wait for it. It still counts for this address and this
    /// account together, or whoever knows the password could guess the second factor freely by asking in between.
    pub(crate) async fn excuse(&self, guess: &Guess) {
        self.send(excusing(guess)).await;
    }

    async fn send(&self, pipe: Pipeline) {
        if let Err(error) = pipe.query_async::<()>(&mut self.redis.clone()).await {
            tracing::warn!(%error, "a right try could not be forgiven; it counts as a wrong one");
        }
    }

    /// Keys hold digests: neither an address nor a name stands in Redis.
    async fn guess(&self, purpose: &str, target: &str, address: Option<IpAddr>) -> Guess {
        let network = address.map(subscriber).unwrap_or_default();
        let key = |kind: &str, parts: [&str; 2]| {
            let mut hash = Sha256::new();
            for part in parts {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
            format!("{}throttle:{purpose}:{kind}:{}", self.prefix, hex::encode(&hash.finalize()[..16]))
        };
        let pair = key("pair", [target, &network]);
        let places = self.places.get_with_by_ref(&pair, || Arc::new(Semaphore::new(PLACES)));
        Guess {
            _place: places.acquire_owned().await.expect("places are never closed"),
            pair,
            address: key("address", ["", &network]),
            strangers: key("strangers", [target, ""]),
            familiar: key("familiar", [target, &network]),
            strange: false,
        }
    }
}

fn excusing(guess: &Guess) -> Pipeline {
    let mut pipe = redis::pipe();
    pipe.hincr(&guess.address, "tries", -1).ignore();
    if guess.strange {
        pipe.hincr(&guess.strangers, "tries", -1).ignore();
    }
    pipe
}

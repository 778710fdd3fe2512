//! No caller takes more than its share: by account or client with a token, by address without one. The answer to what
//! was counted says what the share is and what is left of it (draft-ietf-httpapi-ratelimit-headers).
//!
//! Cells are leased from Redis some at a time and spent here, so that a busy caller costs a round trip only now and then
//! and all gateways together still hold the limit. When Redis is away, each gateway holds it alone.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use careway_service::Foundation;
use careway_transcoding::{ClientIp, Problem};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use http::{HeaderName, HeaderValue};
use moka::sync::Cache;

use crate::{
    config::Config,
    edge::{
        bearer::Known,
        gcra::{self, Rate, Taken},
    },
};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");
/// How often, in tries, it is looked whom a gateway that limits alone may forget.
const FORGET_EVERY: u32 = 1_000;
/// How long leased cells may be spent.
const LEASE: Duration = Duration::from_secs(1);

pub(crate) struct Limits {
    redis: redis::aio::ConnectionManager,
    prefix: Arc<str>,
    caller: Share,
    address: Share,
    leases: Cache<String, Arc<Lease>>,
}

/// What each of a kind may send.
struct Share {
    name: &'static str,
    rate: Rate,
    /// This gateway's own count, for when Redis is away.
    alone: RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>,
    taken_alone: AtomicU32,
}

/// Cells that are taken already.
struct Lease {
    unspent: AtomicU32,
    /// What was left beside them.
    beyond: u32,
}

impl Limits {
    pub(crate) fn new(config: &Config, foundation: &Foundation) -> Self {
        let rate = |per_second: u32| Rate {
            per_second: per_second.max(1),
            burst: per_second.saturating_mul(config.burst_seconds).max(1),
        };
        Self {
            redis: foundation.redis.clone(),
            prefix: foundation.prefix.clone(),
            caller: Share::new("caller", rate(config.caller_rate)),
            address: Share::new("address", rate(config.public_rate)),
            leases: Cache::builder().max_capacity(100_000).time_to_live(LEASE).build(),
        }
    }

    /// Takes one of the share of this address.
    pub(super) async fn of_address(&self, address: Option<ClientIp>) -> Taken {
        let key = address.map_or_else(|| "address:none".to_owned(), |ClientIp(ip)| format!("address:{ip}"));
        self.take(key, &self.address).await
    }

    async fn take(&self, key: String, share: &Share) -> Taken {
        if let Some(taken) = self.leases.get(&key).and_then(|lease| lease.spend()) {
            return taken;
        }
        let wanted = (share.rate.per_second / 10).clamp(1, 50);
        let asked = match self.ask(&key, share.rate, wanted).await {
            Ok(Taken { wait: Some(_), .. }) if wanted > 1 => self.ask(&key, share.rate, 1).await,
            Ok(taken @ Taken { wait: None, left }) => {
                let unspent = wanted - 1;
                self.leases.insert(key, Arc::new(Lease { unspent: unspent.into(), beyond: left }));
                return Taken { left: left.saturating_add(unspent), ..taken };
            }
            asked => asked,
        };
        asked.unwrap_or_else(|error| {
            tracing::warn!(%error, "the shared rate limit is away; this gateway limits alone");
            share.take_alone(&key)
        })
    }

    async fn ask(&self, key: &str, rate: Rate, cells: u32) -> redis::RedisResult<Taken> {
        let key = format!("{}rate:{key}", self.prefix);
        gcra::take(&mut self.redis.clone(), &key, rate, cells).await
    }
}

impl Lease {
    fn spend(&self) -> Option<Taken> {
        let spent = |unspent: u32| unspent.checked_sub(1);
        let before = self.unspent.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spent).ok()?;
        Some(Taken { wait: None, left: self.beyond.saturating_add(before - 1) })
    }
}

impl Share {
    fn new(name: &'static str, rate: Rate) -> Self {
        let alone = RateLimiter::keyed(quota(rate)).with_middleware::<StateInformationMiddleware>();
        Self { name, rate, alone, taken_alone: AtomicU32::new(0) }
    }

    fn take_alone(&self, key: &String) -> Taken {
        // Whoever has all cells again is forgotten: there are as many keys as addresses ask.
        if self.taken_alone.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.alone.retain_recent();
        }
        match self.alone.check_key(key) {
            Ok(state) => Taken { wait: None, left: state.remaining_burst_capacity() },
            Err(until) => Taken { wait: Some(until.wait_time_from(DefaultClock::default().now())), left: 0 },
        }
    }

    /// How many there are, and in how many seconds as many come again.
    fn policy(&self) -> String {
        let Rate { per_second, burst } = self.rate;
        format!("\"{}\";q={burst};w={}", self.name, burst.div_ceil(per_second))
    }

    /// What is left, and in how many seconds all of it is there again; when nothing is, in how many there is some.
    fn left(&self, taken: Taken, retry_after: Option<u32>) -> String {
        let Rate { per_second, burst } = self.rate;
        let left = if retry_after.is_some() { 0 } else { taken.left.min(burst) };
        let whole = (burst - left).div_ceil(per_second);
        format!("\"{}\";r={left};t={}", self.name, retry_after.unwrap_or(whole))
    }
}

fn quota(rate: Rate) -> Quota {
    let one = std::num::NonZeroU32::MIN;
    Quota::per_second(rate.per_second.try_into().unwrap_or(one))
        .allow_burst(rate.burst.try_into().unwrap_or(one))
}

pub(crate) async fn limit(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    let (share, taken) = match request.extensions().get::<Known>() {
        Some(Known(caller)) => {
            (&limits.caller, limits.take(caller.subject.to_string(), &limits.caller).await)
        }
        None => (&limits.address, limits.of_address(request.extensions().get().copied()).await),
    };
    let refusal = taken.wait.map(Problem::throttled);
    let told = [
        (POLICY, share.policy()),
        (LEFT, share.left(taken, refusal.as_ref().and_then(|refusal| refusal.retry_after))),
    ];
    let mut answer = match refusal {
        Some(refusal) => {
            metrics::counter!("careway_requests_throttled_total").increment(1);
            refusal.into_response()
        }
        None => next.run(request).await,
    };
    for (name, value) in told {
        answer.headers_mut().extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_says_what_it_is_and_what_is_left() {
        let share = Share::new("caller", Rate { per_second: 100, burst: 400 });
        assert_eq!(share.policy(), "\"caller\";q=400;w=4");
        let told = |left, wait| share.left(Taken { wait: None, left }, wait);
        assert_eq!(told(400, None), "\"caller\";r=400;t=0");
        assert_eq!(told(399, None), "\"caller\";r=399;t=1");
        assert_eq!(told(0, None), "\"caller\";r=0;t=4");
        assert_eq!(told(7, Some(2)), "\"caller\";r=0;t=2", "what is left is not enough for one lease");
    }

    #[test]
    fn who_has_all_cells_again_is_forgotten() {
        let share = Share::new("test", Rate { per_second: 10_000, burst: 1 });
        for number in 0..10 * FORGET_EVERY {
            share.take_alone(&number.to_string());
        }
        assert!(share.alone.len() < 5 * FORGET_EVERY as usize, "{}", share.alone.len());
    }

    #[test]
    fn alone_and_by_lease_one_less_is_left_each_time() {
        let share = Share::new("address", Rate { per_second: 1, burst: 3 });
        let alone: Vec<_> = (0..3).map(|_| share.take_alone(&"key".to_owned()).left).collect();
        assert_eq!(alone, [2, 1, 0]);
        assert!(share.take_alone(&"key".to_owned()).wait.is_some());
        let lease = Lease { unspent: 2.into(), beyond: 5 };
        let leased: Vec<_> = (0..3).map(|_| lease.spend().map(|taken| taken.left)).collect();
        assert_eq!(leased, [Some(6), Some(5), None]);
    }
}

//! No caller takes more than its share: by account or client with a token, by address without one.
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
    response::Response,
};
use careway_service::Foundation;
use careway_transcoding::{ClientIp, Problem};
use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock as _};
use moka::sync::Cache;

use crate::{
    config::Config,
    edge::{
        bearer::Known,
        gcra::{self, Rate},
        refused,
    },
};

/// How long leased cells may be spent.
const LEASE: Duration = Duration::from_secs(1);

pub(crate) struct Limits {
    redis: redis::aio::ConnectionManager,
    prefix: Arc<str>,
    caller: Rate,
    public: Rate,
    leases: Cache<String, Arc<AtomicU32>>,
    alone_caller: DefaultKeyedRateLimiter<String>,
    alone_public: DefaultKeyedRateLimiter<String>,
}

impl Limits {
    pub(crate) fn new(config: &Config, foundation: &Foundation) -> Self {
        let rate = |per_second: u32| Rate {
            per_second: per_second.max(1),
            burst: per_second.saturating_mul(config.burst_seconds).max(1),
        };
        let (caller, public) = (rate(config.caller_rate), rate(config.public_rate));
        Self {
            redis: foundation.redis.clone(),
            prefix: foundation.prefix.clone(),
            caller,
            public,
            leases: Cache::builder().max_capacity(100_000).time_to_live(LEASE).build(),
            alone_caller: DefaultKeyedRateLimiter::keyed(quota(caller)),
            alone_public: DefaultKeyedRateLimiter::keyed(quota(public)),
        }
    }

    /// `Some(wait)` when the caller has had its share.
    async fn refused(
        &self,
        key: String,
        rate: Rate,
        alone: &DefaultKeyedRateLimiter<String>,
    ) -> Option<Duration> {
        if let Some(lease) = self.leases.get(&key)
            && lease.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
        {
            return None;
        }
        let wanted = (rate.per_second / 10).clamp(1, 50);
        match self.ask(&key, rate, wanted).await {
            Ok(None) => {
                self.leases.insert(key, Arc::new(AtomicU32::new(wanted - 1)));
                None
            }
            Ok(Some(wait)) if wanted == 1 => Some(wait),
            Ok(Some(_)) => self.ask(&key, rate, 1).await.unwrap_or(None),
            Err(error) => {
                tracing::warn!(%error, "the shared rate limit is away; this gateway limits alone");
                let clock = governor::clock::DefaultClock::default();
                alone.check_key(&key).err().map(|not_until| not_until.wait_time_from(clock.now()))
            }
        }
    }

    async fn ask(&self, key: &str, rate: Rate, cells: u32) -> redis::RedisResult<Option<Duration>> {
        let key = format!("{}rate:{key}", self.prefix);
        gcra::take(&mut self.redis.clone(), &key, rate, cells).await
    }
}

fn quota(rate: Rate) -> Quota {
    let one = std::num::NonZeroU32::MIN;
    Quota::per_second(rate.per_second.try_into().unwrap_or(one))
        .allow_burst(rate.burst.try_into().unwrap_or(one))
}

pub(crate) async fn limit(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    let wait = match request.extensions().get::<Known>() {
        Some(Known(caller)) => {
            limits.refused(caller.subject.to_string(), limits.caller, &limits.alone_caller).await
        }
        None => {
            let address = request.extensions().get::<ClientIp>().map(|ClientIp(ip)| *ip);
            let key = address.map_or_else(|| "address:none".to_owned(), |ip| format!("address:{ip}"));
            limits.refused(key, limits.public, &limits.alone_public).await
        }
    };
    match wait {
        Some(wait) => {
            metrics::counter!("careway_requests_throttled_total").increment(1);
            refused(&request, Problem::throttled(wait))
        }
        None => next.run(request).await,
    }
}

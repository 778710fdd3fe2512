//! The generic cell rate algorithm in Redis: one key a caller, one round trip a question, several cells at a time.

use std::{sync::LazyLock, time::Duration};

use redis::Script;

/// `KEYS[1]` holds the theoretical arrival time in microseconds. Answers how long to wait, and what is left of the burst, in
/// microseconds.
static TAKE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local time = redis.call('TIME')
         local now = time[1] * 1000000 + time[2]
         local gap, burst, cells = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
         local arrival = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
         local after = arrival + gap * cells
         local early = after - now - gap * burst
         if early > 0 then return {early, gap * burst - arrival + now} end
         redis.call('SET', KEYS[1], string.format('%d', after), 'PX', math.ceil((after - now) / 1000) + 1)
         return {0, -early}",
    )
});

/// A rate: so many cells a second, and so many at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) per_second: u32,
    pub(crate) burst: u32,
}

/// What came of a question for cells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// How long to wait, when they were not to be had.
    pub(crate) wait: Option<Duration>,
    /// How many are left.
    pub(crate) left: u32,
}

/// Takes `cells` for `key`.
pub(crate) async fn take(
    redis: &mut redis::aio::ConnectionManager,
    key: &str,
    rate: Rate,
    cells: u32,
) -> redis::RedisResult<Taken> {
    let gap = (1_000_000 / u64::from(rate.per_second.max(1))).max(1);
    let (wait, left): (i64, i64) =
        TAKE.key(key).arg(gap).arg(rate.burst).arg(cells).invoke_async(redis).await?;
    let left = u64::try_from(left).unwrap_or_default() / gap;
    Ok(Taken {
        wait: (wait > 0).then(|| Duration::from_micros(wait.unsigned_abs())),
        left: u32::try_from(left).unwrap_or(u32::MAX),
    })
}

//! What becomes of a message after an attempt: when it is tried again, and when no more.

use chrono::{DateTime, TimeDelta, Utc};

/// The waits after the attempts before the last.
const WAITS: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];
/// Who is overloaded or out of reach is left alone at least so long.
const RELIEF: TimeDelta = TimeDelta::seconds(60);
/// No receiver has its messages wait for longer by a word of its own.
const LONGEST_WISH: TimeDelta = TimeDelta::hours(24);
/// Of a wait, to either side, so that messages that failed together do not come together.
const JITTER: f64 = 0.2;

/// How an attempt ended, as far as it decides what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome<'a> {
    /// It was answered.
    Answered { status: u16, retry_after: Option<&'a str> },
    /// It took too long.
    TimedOut,
    /// It failed otherwise.
    Failed,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// It was answered with 2xx.
    Delivered,
    /// It is tried again then.
    Again(DateTime<Utc>),
    /// It was tried often enough.
    Exhausted,
    /// Nothing is to be sent there any more; the message is held.
    Gone,
}

/// What comes after the `tries`-th attempt. `chance` is from 0 to 1.
pub(crate) fn next(tries: i32, ended_at: DateTime<Utc>, outcome: Outcome<'_>, chance: f64) -> Next {
    let wish = match outcome {
        Outcome::Answered { status: 200..=299, .. } => return Next::Delivered,
        Outcome::Answered { status: 410, .. } => return Next::Gone,
        Outcome::Answered { status, retry_after } => least_wait(status, retry_after, ended_at),
        Outcome::TimedOut => RELIEF,
        Outcome::Failed => TimeDelta::zero(),
    };
    let place = usize::try_from(tries - 1).unwrap_or_default();
    match WAITS.get(place) {
        Some(wait) => Next::Again(ended_at + spread(*wait, wish, chance)),
        None => Next::Exhausted,
    }
}

/// The wait, a fifth more or less, or what is wished for and up to a fifth more.
fn spread(wait: TimeDelta, wish: TimeDelta, chance: f64) -> TimeDelta {
    if wish > wait {
        times(wish, 1.0 + JITTER * chance)
    } else {
        wish.max(times(wait, 1.0 + JITTER * (2.0 * chance - 1.0)))
    }
}

fn times(wait: TimeDelta, factor: f64) -> TimeDelta {
    #[expect(clippy::cast_possible_truncation, reason = "a day has fewer milliseconds than that")]
    let milliseconds = (wait.num_milliseconds() as f64 * factor) as i64;
    TimeDelta::milliseconds(milliseconds)
}

fn least_wait(status: u16, retry_after: Option<&str>, now: DateTime<Utc>) -> TimeDelta {
    let relief = if matches!(status, 429 | 502 | 504) { RELIEF } else { TimeDelta::zero() };
    let heard = status == 429 || (500..600).contains(&status);
    let wish = retry_after.filter(|_| heard).and_then(|text| wished(text, now));
    wish.unwrap_or_default().max(relief)
}

/// Seconds, or any of the three dates of RFC 9110; nothing when it cannot be read or is past.
fn wished(text: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    let wish = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok().and_then(TimeDelta::try_seconds).unwrap_or(LONGEST_WISH)
    } else {
        DateTime::<Utc>::from(httpdate::parse_http_date(text).ok()?) - now
    };
    (wish > TimeDelta::zero()).then(|| wish.min(LONGEST_WISH))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::vectors;

    fn outcome(of: &Value) -> Outcome<'_> {
        match (of["status"].as_u64(), of["failure"].as_str()) {
            (Some(status), _) => Outcome::Answered {
                status: status.try_into().unwrap(),
                retry_after: of["retryAfter"].as_str(),
            },
            (None, Some("TIMED_OUT")) => Outcome::TimedOut,
            _ => Outcome::Failed,
        }
    }

    fn play(row: &Value) {
        let instant = |of: &Value| of.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
        let (then, ended_at) = (&row["then"], instant(&row["endedAt"]));
        let tries = row["attempt"].as_i64().unwrap().try_into().unwrap();
        for chance in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let next = next(tries, ended_at, outcome(&row["outcome"]), chance);
            match (next, then["message"].as_str().unwrap()) {
                (Next::Delivered, "DELIVERED") | (Next::Exhausted, "EXHAUSTED") => {}
                (Next::Gone, "HELD") => assert_eq!(then["why"], "GONE"),
                (Next::Again(at), "PENDING") => {
                    let (earliest, latest) = (instant(&then["nextEarliest"]), instant(&then["nextLatest"]));
                    assert!((earliest..=latest).contains(&at), "{at}: {row}");
                    // All of the room there is, is used.
                    let room = latest - earliest;
                    assert!(chance < 1.0 || latest - at <= room / 100, "{at}: {row}");
                    assert!(chance > 0.0 || at - earliest <= room / 100, "{at}: {row}");
                }
                (next, _) => panic!("{next:?}: {row}"),
            }
        }
    }

    #[test]
    fn every_attempt_ends_as_the_vectors_say() {
        let rows: Vec<_> =
            vectors::read("retries.jsonl").into_iter().filter(|row| row["kind"] != "disable").collect();
        rows.iter().for_each(play);
        let kinds: BTreeSet<_> = rows.iter().filter_map(|row| row["kind"].as_str()).collect();
        assert!(rows.len() >= 48 && kinds.contains("retry-after-void"), "{}", rows.len());
    }
}

//! What the answer of a carrier makes of a part. Only a definite refusal is one: whoever may have it is never sent it again.

use std::time::Duration;

/// What came back for a part, or did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// `command_status` of a `submit_sm_resp`.
    Smpp(u32),
    Http(HttpAnswer),
    /// None before the time-out, or the session was lost after the part was written.
    Missing,
    /// Nothing was written: there was no session.
    NotWritten,
}

/// What an HTTP provider answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    /// The header `Retry-After`.
    pub(crate) retry_after: Option<Duration>,
    /// The body names the message.
    pub(crate) has_id: bool,
    /// The provider takes our id as its client id, and each such id once.
    pub(crate) takes_client_id: bool,
}

/// What becomes of the part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    /// The route waits, all of it; no attempt is counted, and the message keeps its place.
    RouteWaits(Option<Duration>),
    /// Counts an attempt. Goes out again later, on this route alone where `same_route` says so.
    Deferred {
        same_route: bool,
    },
    Rejected(Refusal),
    /// It may have gone out: never again, on no route. A late answer or a receipt settles it.
    Unknown,
    /// It did not go out: the next route, at once.
    NotSent,
}

/// Why a part is refused for good, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such number: it becomes suspect.
    NoSuchNumber,
    /// No other route would take it.
    ForGood,
    /// This route does not take it; another may.
    ByThisRoute,
}

/// What an answer means.
pub(crate) fn verdict(answer: Answer) -> Verdict {
    match answer {
        Answer::Smpp(status) => of_status(status),
        Answer::Http(answer) => of_http(answer),
        Answer::Missing => Verdict::Unknown,
        Answer::NotWritten => Verdict::NotSent,
    }
}

/// `command_status` (SMPP 3.4, 5.1.3).
fn of_status(status: u32) -> Verdict {
    const OK: u32 = 0x00;
    const NOT_BOUND: u32 = 0x04;
    const SYSTEM_ERROR: u32 = 0x08;
    const INVALID_DESTINATION: u32 = 0x0B;
    const QUEUE_FULL: u32 = 0x14;
    const THROTTLED: u32 = 0x58;
    const TEMPORARY: u32 = 0x64;
    const PERMANENT: u32 = 0x65;
    const UNKNOWN_ERROR: u32 = 0xFF;
    match status {
        OK => Verdict::Accepted,
        THROTTLED | QUEUE_FULL => Verdict::RouteWaits(None),
        SYSTEM_ERROR | TEMPORARY | UNKNOWN_ERROR => Verdict::Deferred { same_route: false },
        NOT_BOUND => Verdict::NotSent,
        INVALID_DESTINATION => Verdict::Rejected(Refusal::NoSuchNumber),
        PERMANENT => Verdict::Rejected(Refusal::ForGood),
        _ => Verdict::Rejected(Refusal::ByThisRoute),
    }
}

/// A gateway's error says nothing of whether the provider took it; a provider that takes our id may be asked again.
fn of_http(answer: HttpAnswer) -> Verdict {
    match answer.status {
        200..=299 if answer.has_id => Verdict::Accepted,
        429 => Verdict::RouteWaits(answer.retry_after),
        503 => Verdict::Deferred { same_route: false },
        // What is wrong is the account, and so it is for every message.
        401..=403 => Verdict::NotSent,
        200..=299 | 400..=499 => Verdict::Rejected(Refusal::ForGood),
        _ if answer.takes_client_id => Verdict::Deferred { same_route: true },
        _ => Verdict::Unknown,
    }
}

/// What a carrier answered to a bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindVerdict {
    Bound,
    /// An old session of ours is still there: close, wait as long as it takes to end, then bind once.
    AlreadyBound,
    /// The route is down and somebody must look; it is tried again with growing pauses.
    Refused,
}

/// What the status of a bind's answer means.
pub(crate) fn bind_verdict(status: u32) -> BindVerdict {
    match status {
        0x00 => BindVerdict::Bound,
        0x05 => BindVerdict::AlreadyBound,
        _ => BindVerdict::Refused,
    }
}

/// How long a route waits before it binds again, after so many refusals in a row.
pub(crate) fn bind_pause(verdict: BindVerdict, refusals: u32, enquire_every: Duration) -> Duration {
    match verdict {
        BindVerdict::Bound => Duration::ZERO,
        BindVerdict::AlreadyBound => enquire_every,
        BindVerdict::Refused => Duration::from_secs(300) * 2_u32.pow(refusals.saturating_sub(1).min(3)),
    }
}

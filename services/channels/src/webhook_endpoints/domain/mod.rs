//! A webhook endpoint: what it hears, and whether anything is sent to it. Pure rules.

pub(crate) mod audience;
pub(crate) mod secret;

use careway_kernel::{OrganizationId, WebhookEndpointId};
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use self::secret::Scheme;

/// Endpoints of an organization.
pub(crate) const MOST_ENDPOINTS: i64 = 20;
/// An endpoint is disabled when it failed for so long, and so often.
const FAILING_FOR: TimeDelta = TimeDelta::hours(120);
const FAILURES: i32 = 10;

/// In which order the messages of one subject are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ordering {
    /// First attempts in order; one that failed does not hold the next back.
    FirstAttempts,
    /// The next one waits until the one before has ended.
    Strict,
}

impl Ordering {
    pub(crate) const ALL: [Self; 2] = [Self::FirstAttempts, Self::Strict];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::FirstAttempts => "FIRST_ATTEMPTS",
            Self::Strict => "STRICT",
        }
    }
}

/// Why nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Its owner wants it so.
    ByOwner,
    /// It answered that it is gone.
    Gone,
    /// It did not answer well for days.
    Failing,
}

impl Cause {
    pub(crate) const ALL: [Self; 3] = [Self::ByOwner, Self::Gone, Self::Failing];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ByOwner => "BY_OWNER",
            Self::Gone => "GONE",
            Self::Failing => "FAILING",
        }
    }
}

/// What an endpoint is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) url: String,
    /// None: all that it may hear.
    pub(crate) types: Vec<String>,
    pub(crate) ordering: Ordering,
    /// Messages a second; 0 is no bound.
    pub(crate) rate: i32,
}

/// A webhook endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) id: WebhookEndpointId,
    pub(crate) organization: OrganizationId,
    pub(crate) settings: Settings,
    /// What whoever set it up may read.
    pub(crate) permissions: Vec<String>,
    pub(crate) scheme: Scheme,
    pub(crate) disabled: Option<Cause>,
    /// It hears nothing that happened before.
    pub(crate) enabled_from: DateTime<Utc>,
    pub(crate) verified_at: Option<DateTime<Utc>>,
    pub(crate) failing: Failing,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

impl Endpoint {
    /// Where it is, as far as anybody may read it.
    pub(crate) fn host(&self) -> String {
        let url = Url::parse(&self.settings.url).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// It is set otherwise from now on, by somebody who may read so much.
    pub(crate) fn change(&mut self, settings: Settings, permissions: Vec<String>) {
        (self.settings, self.permissions) = (settings, permissions);
        self.verified_at = None;
        self.version += 1;
    }

    /// It answered a test well. What it was before a change counts for nothing.
    pub(crate) fn verify(&mut self, tested_version: i64, now: DateTime<Utc>) {
        if self.version == tested_version {
            self.verified_at = Some(now);
            self.version += 1;
        }
    }

    /// Something is sent again; what failed before is forgotten.
    pub(crate) fn enable(&mut self) {
        if self.disabled.take().is_some() {
            self.failing = Failing::default();
            self.version += 1;
        }
    }

    /// Nothing is sent any more; a cause that there is already stays.
    pub(crate) fn disable(&mut self, cause: Cause) {
        if self.disabled.is_none() {
            self.disabled = Some(cause);
            self.version += 1;
        }
    }
}

/// How an endpoint failed since it last answered well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Failing {
    /// The first failure.
    pub(crate) since: Option<DateTime<Utc>>,
    pub(crate) failures: i32,
}

impl Failing {
    /// The same after one more attempt.
    #[must_use]
    pub(crate) fn after(self, success: bool, at: DateTime<Utc>) -> Self {
        match success {
            true => Self::default(),
            false => Self { since: self.since.or(Some(at)), failures: self.failures.saturating_add(1) },
        }
    }

    /// Whether it is given up.
    pub(crate) fn is_given_up(self, now: DateTime<Utc>) -> bool {
        self.failures >= FAILURES && self.since.is_some_and(|since| now - since >= FAILING_FOR)
    }
}

/// What cannot be done with endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EndpointRefusal {
    /// There are too many.
    #[error("An organization has at most 20 webhook endpoints.")]
    TooManyEndpoints,
    /// Too many secrets are live.
    #[error("Three secrets of the endpoint are live; the oldest ends 24 hours after it was replaced.")]
    TooManySecrets,
    /// Nothing is sent to it.
    #[error("The endpoint is disabled; enable it first.")]
    Disabled,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::vectors;

    fn instant(of: &Value) -> DateTime<Utc> {
        of.as_str().unwrap().parse().unwrap()
    }

    #[test]
    fn endpoints_are_given_up_as_the_vectors_say() {
        let rows = vectors::read("retries.jsonl").into_iter().filter(|row| row["kind"] == "disable");
        let mut played = 0;
        for row in rows {
            let (mut failing, mut disabled) = (Failing::default(), None);
            for attempt in row["attempts"].as_array().unwrap() {
                let at = instant(&attempt["at"]);
                failing = failing.after(attempt["ok"].as_bool().unwrap(), at);
                disabled = disabled.or_else(|| failing.is_given_up(at).then_some(at));
            }
            let expected = row["disabledAt"].as_str().map(|at| at.parse().unwrap());
            assert_eq!(disabled, expected, "{row}");
            played += 1;
        }
        assert_eq!(played, 4);
    }
}

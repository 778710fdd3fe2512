//! Routes that are to go, and what their answers say of it: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).

use anyhow::{Context, ensure};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use prost_reflect::DynamicMessage;

const DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
const SUNSET: HeaderName = HeaderName::from_static("sunset");

/// When a route is not to be used any more, and when it goes: each the beginning of a day in UTC.
#[derive(Debug, Clone)]
pub struct Deprecation {
    /// The first day on which it is not to be used any more.
    pub since: NaiveDate,
    /// The first day on which it may be gone.
    pub sunset: NaiveDate,
    headers: [(HeaderName, HeaderValue); 2],
}

impl Deprecation {
    pub(crate) fn read(option: &DynamicMessage) -> anyhow::Result<Self> {
        let day = |name: &str| {
            let text = option.get_field_by_name(name).and_then(|it| it.as_str().map(str::to_owned));
            let text = text.unwrap_or_default();
            text.parse::<NaiveDate>().with_context(|| format!("deprecated: {name} is no day: {text:?}"))
        };
        let (since, sunset) = (day("since")?, day("sunset")?);
        ensure!(since < sunset, "it is gone before it is deprecated");
        let begins = |day: NaiveDate| -> DateTime<Utc> { day.and_time(NaiveTime::MIN).and_utc() };
        let headers = [
            (DEPRECATION, format!("@{}", begins(since).timestamp()).try_into()?),
            (SUNSET, begins(sunset).format("%a, %d %b %Y %H:%M:%S GMT").to_string().try_into()?),
        ];
        Ok(Self { since, sunset, headers })
    }

    /// Adds what every answer of the route says, refusals too.
    pub(crate) fn say(&self, answer: &mut HeaderMap) {
        answer.extend(self.headers.clone());
    }
}

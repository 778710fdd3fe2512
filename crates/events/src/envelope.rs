//! What travels beside an event's message, as CloudEvents attributes in NATS headers.

use async_nats::{HeaderMap, header::HeaderName};
use careway_kernel::OrganizationId;
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

/// The event's id. `Nats-Msg-Id` may differ: a refilled event has a new one, or the server would drop it.
pub(crate) const ID: &str = "ce-id";
pub(crate) const TYPE: &str = "ce-type";
const TIME: &str = "ce-time";
const SUBJECT: &str = "ce-subject";
const VERSION: &str = "ce-aggregateversion";
const ORGANIZATION: &str = "ce-organization";
const ALSO: &str = "ce-alsoorganization";
const TRACEPARENT: &str = "traceparent";

/// Everything about an event but its message. Ids only: headers are read by many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) event_id: Uuid,
    pub(crate) event_type: String,
    pub(crate) occurred_at: DateTime<Utc>,
    pub(crate) organization: Option<OrganizationId>,
    pub(crate) also: Option<OrganizationId>,
    pub(crate) aggregate: Uuid,
    pub(crate) version: i64,
    pub(crate) traceparent: Option<String>,
}

/// The headers are not those of an event.
#[derive(Debug, thiserror::Error)]
#[error("the header {0} is absent or malformed")]
pub(crate) struct Unreadable(&'static str);

impl Envelope {
    /// The headers of this event, said by `context`.
    pub(crate) fn write(self, context: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut put =
            |name: &'static str, value: String| headers.insert(HeaderName::from_static(name), value);
        put("ce-specversion", "1.0".to_owned());
        put("ce-source", format!("/careway/{context}"));
        put("content-type", "application/protobuf".to_owned());
        put(ID, self.event_id.to_string());
        put(TYPE, self.event_type);
        put(TIME, self.occurred_at.to_rfc3339_opts(SecondsFormat::Micros, true));
        put(SUBJECT, self.aggregate.to_string());
        put(VERSION, self.version.to_string());
        for (name, organization) in [(ORGANIZATION, self.organization), (ALSO, self.also)] {
            if let Some(organization) = organization {
                put(name, organization.to_string());
            }
        }
        // It may come from outside, and a line break in it would panic here.
        let of_hex = |text: &String| text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        if let Some(traceparent) = self.traceparent.filter(of_hex) {
            put(TRACEPARENT, traceparent);
        }
        headers
    }

    /// Reads what [`Envelope::write`] wrote, from wherever it is kept.
    pub(crate) fn read<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Result<Self, Unreadable> {
        let organization = |name| -> Result<_, Unreadable> {
            header(name).map(OrganizationId::parse).transpose().map_err(|_| Unreadable(name))
        };
        Ok(Self {
            event_id: parse(&header, ID)?,
            event_type: parse(&header, TYPE)?,
            occurred_at: parse(&header, TIME)?,
            organization: organization(ORGANIZATION)?,
            also: organization(ALSO)?,
            aggregate: parse(&header, SUBJECT)?,
            version: parse(&header, VERSION)?,
            traceparent: header(TRACEPARENT).map(str::to_owned),
        })
    }
}

fn parse<'a, T: std::str::FromStr>(
    header: &impl Fn(&str) -> Option<&'a str>,
    name: &'static str,
) -> Result<T, Unreadable> {
    header(name).and_then(|value| value.parse().ok()).ok_or(Unreadable(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope() -> Envelope {
        Envelope {
            event_id: Uuid::now_v7(),
            event_type: "careway.visits.v1.VisitAdmitted".to_owned(),
            occurred_at: "2026-03-01T10:00:00.123456Z".parse().unwrap(),
            organization: Some(OrganizationId::from_uuid(Uuid::now_v7())),
            also: None,
            aggregate: Uuid::now_v7(),
            version: 7,
            traceparent: None,
        }
    }

    #[test]
    fn comes_back_from_its_headers() {
        let sent = envelope();
        let headers = sent.clone().write("visits");
        let received = Envelope::read(|name| headers.get(name).map(|value| value.as_str())).unwrap();
        assert_eq!(received, sent);
    }

    #[test]
    fn a_malformed_trace_is_left_out() {
        let sent = Envelope { traceparent: Some("00-\r\nce-id: x".to_owned()), ..envelope() };
        assert!(sent.write("visits").get(TRACEPARENT).is_none());
    }

    #[test]
    fn says_which_header_is_wrong() {
        let mut headers = envelope().write("visits");
        headers.insert(VERSION, "seven");
        let error = Envelope::read(|name| headers.get(name).map(|value| value.as_str())).unwrap_err();
        assert_eq!(error.to_string(), "the header ce-aggregateversion is absent or malformed");
    }
}

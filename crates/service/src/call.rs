//! What came with one request: caller, key, expected version, deadline, trace; and how it travels on.

use std::{net::IpAddr, time::Duration};

use careway_kernel::{Language, Violations};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};

use crate::{
    caller::Caller,
    error::{Error, Result, SharedReason},
};

/// No operation runs longer than this, whatever its caller allows.
const LONGEST: Duration = Duration::from_secs(60);

/// Metadata that carries the caller's address from the gateway.
pub const CLIENT_IP: &str = "careway-client-ip";

/// What a call may say of a raw body, sent or wanted.
const OF_RAW_BODIES: [&str; 7] = [
    "range",
    "if-range",
    "if-none-match",
    "content-digest",
    "repr-digest",
    "careway-signature",
    "careway-content-length",
];

/// What is left to do once a stream was read: about as long as any other command.
const AFTER_STREAM: Duration = Duration::from_secs(10);

/// What the caller means to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Version(i64),
    /// An ETag that nothing ever had.
    Nothing,
}

impl Expected {
    /// A version is one only as we write it: an ETag is compared to the letter.
    fn read(text: &str) -> Self {
        let version = text.parse().ok().filter(|version: &i64| version.to_string() == text);
        version.map_or(Self::Nothing, Self::Version)
    }
}

/// One request's circumstances.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls.
    pub caller: Caller,
    /// The caller's address as the gateway saw it.
    pub client_ip: Option<IpAddr>,
    /// The caller's preferred languages, as sent.
    pub accept_language: Option<String>,
    pub(crate) method: &'static str,
    pub(crate) fingerprint: Option<[u8; 32]>,
    pub(crate) traceparent: Option<String>,
    key: Option<MetadataValue<Ascii>>,
    bearer: Option<MetadataValue<Ascii>>,
    if_match: Option<Expected>,
    raw: Vec<(&'static str, Box<str>)>,
    deadline: Instant,
}

impl Call {
    /// Careway's own doing, outside any request.
    pub fn system(purpose: &'static str) -> Self {
        Self::by(Caller::system(purpose))
    }

    /// A call by this caller with nothing else known.
    pub fn by(caller: Caller) -> Self {
        Self {
            caller,
            client_ip: None,
            accept_language: None,
            method: "",
            fingerprint: None,
            traceparent: crate::telemetry::current_traceparent(),
            key: None,
            bearer: None,
            if_match: None,
            raw: Vec::new(),
            deadline: Instant::now() + LONGEST,
        }
    }

    /// Reads the metadata of a request to `method`.
    pub(crate) fn read(method: &'static str, caller: Caller, metadata: &MetadataMap) -> Self {
        let text = |name: &str| metadata.get(name).and_then(|value| value.to_str().ok());
        let allowed = text("grpc-timeout").and_then(parse_timeout).unwrap_or(LONGEST).min(LONGEST);
        let mut bearer = metadata.get("authorization").cloned();
        if let Some(value) = &mut bearer {
            value.set_sensitive(true);
        }
        Self {
            caller,
            client_ip: text(CLIENT_IP).and_then(|address| address.parse().ok()),
            accept_language: text("accept-language").map(str::to_owned),
            method,
            fingerprint: None,
            traceparent: text("traceparent").map(str::to_owned),
            key: metadata.get("idempotency-key").cloned(),
            bearer,
            if_match: text("if-match").map(Expected::read),
            raw: OF_RAW_BODIES.iter().filter_map(|name| Some((*name, text(name)?.into()))).collect(),
            deadline: Instant::now() + allowed,
        }
    }

    /// The RPC with its service, like `PlanService/CreatePlan`; none outside a request.
    pub(crate) fn operation(&self) -> Option<&'static str> {
        Some(self.method).filter(|method| !method.is_empty())?.rsplit('.').next()
    }

    /// The language asked for; else the first of `Accept-Language` that we write; else English.
    pub fn language(&self, v: &mut Violations, asked: &str) -> Option<Language> {
        let accepted = || self.accept_language.as_deref().and_then(Language::accepted);
        let asked = v.optional("language", asked, Language::parse)?;
        Some(asked.or_else(accepted).unwrap_or(Language::En))
    }

    /// The version the caller means to change; 428 without one, 412 when it is none.
    pub fn expected_version(&self) -> Result<i64> {
        match self.if_match {
            Some(Expected::Version(version)) => Ok(version),
            Some(Expected::Nothing) => Err(Error::stale()),
            None => {
                let detail = "If-Match is required, with the ETag that you read.";
                Err(Error::new(SharedReason::PreconditionRequired, detail))
            }
        }
    }

    /// `Err(Stale)` unless the expected version, when one was given, is `actual`.
    pub fn check_version(&self, actual: i64) -> Result<()> {
        match self.if_match {
            Some(expected) if expected != Expected::Version(actual) => {
                Err(Error::stale().with("currentVersion", actual))
            }
            _ => Ok(()),
        }
    }

    /// What the request says of a raw body, sent or wanted: `range`, `if-range`, `if-none-match`, `content-digest`,
    /// `repr-digest`, `careway-signature`, `careway-content-length`.
    pub fn of_raw_body(&self, name: &str) -> Option<&str> {
        self.raw.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// The call once its stream was read to the end. What was read is what an `Idempotency-Key` stands for; and however
    /// long the reading took, the rest has its time.
    #[must_use]
    pub fn having_read(&self, fingerprint: [u8; 32]) -> Self {
        let deadline = self.deadline.max(Instant::now() + AFTER_STREAM);
        Self { fingerprint: Some(fingerprint), deadline, ..self.clone() }
    }

    /// The call without its key, for an operation whose answer is not kept under it.
    #[must_use]
    pub fn unkeyed(&self) -> Self {
        Self { key: None, ..self.clone() }
    }

    /// When the answer must be there.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The time left.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The trace this request belongs to.
    pub fn trace_id(&self) -> Option<&str> {
        self.traceparent.as_deref().and_then(crate::telemetry::trace_id)
    }

    /// What stands for (caller, operation, key); the key itself is never stored.
    pub fn idempotency_key_hash(&self) -> Option<[u8; 32]> {
        let key = self.key.as_ref()?;
        let [organization, _, _] = self.caller.settings();
        let mut hash = Sha256::new();
        for part in
            [self.caller.subject.to_string().as_bytes(), organization.as_bytes(), self.method.as_bytes()]
        {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update(key.as_encoded_bytes());
        Some(hash.finalize().into())
    }

    /// A request to another service in the caller's own name: token, key, address, trace and the time left.
    pub fn forward<M>(&self, message: M) -> tonic::Request<M> {
        let mut request = tonic::Request::new(message);
        let metadata = request.metadata_mut();
        if let Some(bearer) = &self.bearer {
            metadata.insert("authorization", bearer.clone());
        }
        if let Some(key) = &self.key {
            metadata.insert("idempotency-key", key.clone());
        }
        if let Some(value) = self.client_ip.and_then(|address| address.to_string().parse().ok()) {
            metadata.insert(CLIENT_IP, value);
        }
        stamp(metadata, self.traceparent.as_deref());
        request.set_timeout(self.remaining());
        request
    }
}

/// Puts the current trace on outgoing metadata; `fallback` when no span is recorded.
pub(crate) fn stamp(metadata: &mut MetadataMap, fallback: Option<&str>) {
    let current = crate::telemetry::current_traceparent();
    if let Some(value) = current.as_deref().or(fallback).and_then(|parent| parent.parse().ok()) {
        metadata.insert("traceparent", value);
    }
}

/// `grpc-timeout`: up to eight digits and a unit.
fn parse_timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    let amount: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(amount * 3600),
        "M" => Duration::from_secs(amount * 60),
        "S" => Duration::from_secs(amount),
        "m" => Duration::from_millis(amount),
        "u" => Duration::from_micros(amount),
        "n" => Duration::from_nanos(amount),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_unit_of_a_timeout() {
        assert_eq!(parse_timeout("250m"), Some(Duration::from_millis(250)));
        assert_eq!(parse_timeout("2S"), Some(Duration::from_secs(2)));
        assert_eq!(parse_timeout("123456789S"), None);
        assert_eq!(parse_timeout("S"), None);
        assert_eq!(parse_timeout(""), None);
    }

    #[test]
    fn a_version_is_expected_to_the_letter() {
        let expecting = |text: &str| {
            let mut metadata = MetadataMap::new();
            metadata.insert("if-match", text.parse().unwrap());
            Call::read("/a.B/C", Caller::system("one"), &metadata)
        };
        assert_eq!(expecting("1").expected_version().unwrap(), 1);
        assert!(expecting("1").check_version(1).is_ok());
        for other in ["2", "01", "+1", "\"v01\"", "W/\"v1\"", "*"] {
            let call = expecting(other);
            assert!(call.check_version(1).unwrap_err().is(SharedReason::StaleVersion), "{other}");
            let expected = call.expected_version();
            assert!(expected.is_ok_and(|version| version == 2) == (other == "2"), "{other}");
        }
        let none = Call::system("none");
        assert!(none.expected_version().unwrap_err().is(SharedReason::PreconditionRequired));
        assert!(none.check_version(1).is_ok());
    }

    #[test]
    fn a_stream_that_took_long_leaves_time_for_the_rest() {
        let mut metadata = MetadataMap::new();
        metadata.insert("grpc-timeout", "1m".parse().unwrap());
        metadata.insert("range", "bytes=0-5".parse().unwrap());
        let call = Call::read("/a.B/C", Caller::system("one"), &metadata);
        assert_eq!((call.of_raw_body("range"), call.of_raw_body("if-range")), (Some("bytes=0-5"), None));
        let after = call.having_read([7; 32]);
        assert!(after.remaining() > Duration::from_secs(5) && after.fingerprint == Some([7; 32]));
        assert_eq!(after.of_raw_body("range"), Some("bytes=0-5"));
    }

    #[test]
    fn a_key_belongs_to_its_caller_and_method() {
        let metadata = {
            let mut map = MetadataMap::new();
            map.insert("idempotency-key", "0123456789abcdef".parse().unwrap());
            map
        };
        let one = Call::read("/a.B/C", Caller::system("one"), &metadata);
        let two = Call::read("/a.B/C", Caller::system("two"), &metadata);
        let other = Call::read("/a.B/D", Caller::system("one"), &metadata);
        assert_ne!(one.idempotency_key_hash(), two.idempotency_key_hash());
        assert_ne!(one.idempotency_key_hash(), other.idempotency_key_hash());
        assert!(one.unkeyed().idempotency_key_hash().is_none());
        assert!(Call::system("none").idempotency_key_hash().is_none());
    }
}

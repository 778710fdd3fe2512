//! RFC 9457 problems, and the one table from gRPC codes to them.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::Value;
use tonic::Code;
use tonic_types::StatusExt;

/// The media type of every problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

const INVALID_REQUEST: &str = "INVALID_REQUEST";
const INTERNAL: &str = "internal error";
const UNAVAILABLE: &str = "The service cannot answer now; try again.";

/// gRPC code, HTTP status, and the reason when the service gives none.
const TABLE: [(Code, StatusCode, &str); 16] = [
    (Code::InvalidArgument, StatusCode::BAD_REQUEST, INVALID_REQUEST),
    (Code::Unauthenticated, StatusCode::UNAUTHORIZED, "TOKEN_REJECTED"),
    (Code::PermissionDenied, StatusCode::FORBIDDEN, "PERMISSION_DENIED"),
    (Code::NotFound, StatusCode::NOT_FOUND, "NOT_FOUND"),
    (Code::AlreadyExists, StatusCode::CONFLICT, "CONFLICT"),
    (Code::FailedPrecondition, StatusCode::CONFLICT, "REFUSED"),
    (Code::Aborted, StatusCode::PRECONDITION_FAILED, "STALE_VERSION"),
    (Code::OutOfRange, StatusCode::UNPROCESSABLE_ENTITY, "UNPROCESSABLE"),
    (Code::ResourceExhausted, StatusCode::TOO_MANY_REQUESTS, "THROTTLED"),
    (Code::Unavailable, StatusCode::SERVICE_UNAVAILABLE, "UPSTREAM_UNAVAILABLE"),
    (Code::Cancelled, StatusCode::SERVICE_UNAVAILABLE, "UPSTREAM_UNAVAILABLE"),
    (Code::DeadlineExceeded, StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED"),
    (Code::Unimplemented, StatusCode::NOT_IMPLEMENTED, "NOT_IMPLEMENTED"),
    (Code::Internal, StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
    (Code::DataLoss, StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
    (Code::Unknown, StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
];

/// The HTTP status of a gRPC code.
pub(crate) fn status_of(code: Code) -> StatusCode {
    TABLE.iter().find(|(listed, ..)| *listed == code).map_or(StatusCode::INTERNAL_SERVER_ERROR, |row| row.1)
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Its full path in the request, like `lines[2].quantity`. Empty for the body as a whole, which a client is told as `body`.
    #[serde(serialize_with = "named")]
    pub field: String,
    /// What it must be, as the end of a sentence that begins with the field.
    pub message: String,
}

fn named<S: serde::Serializer>(field: &str, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(if field.is_empty() { "body" } else { field })
}

impl Violation {
    /// Whether it is of this field or of one inside it.
    fn is_within(&self, field: &str) -> bool {
        let rest = self.field.strip_prefix(field);
        rest.is_some_and(|rest| field.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

/// A refusal as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// UPPER_SNAKE, stable: what a program decides by.
    pub reason: Cow<'static, str>,
    /// One sentence for a person, without internals.
    pub detail: Cow<'static, str>,
    /// Everything that is wrong with the request, at once.
    pub violations: Vec<Violation>,
    /// The trace to name to support.
    pub trace_id: Option<Box<str>>,
    /// Seconds after which another try may succeed.
    pub retry_after: Option<u32>,
    /// The methods that the path does have, for a 405.
    pub allow: Option<Box<str>>,
    /// How large it is, like `bytes */1000`, for a 416.
    pub content_range: Option<Box<str>>,
    /// Facts for programs, by name: extension members of the document (RFC 9457 §3.2).
    pub facts: BTreeMap<String, String>,
}

/// The members every document has; no fact takes their place.
const MEMBERS: [&str; 7] = ["type", "title", "status", "detail", "reason", "violations", "traceId"];

impl Problem {
    /// A problem with nothing but status, reason and detail.
    pub fn new(
        status: StatusCode,
        reason: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            reason: reason.into(),
            detail: detail.into(),
            violations: Vec::new(),
            trace_id: None,
            retry_after: None,
            allow: None,
            content_range: None,
            facts: BTreeMap::new(),
        }
    }

    /// 400 with everything that is wrong.
    pub fn invalid(violations: Vec<Violation>) -> Self {
        let detail = "Fields of the request are missing or wrong.";
        Self { violations, ..Self::new(StatusCode::BAD_REQUEST, INVALID_REQUEST, detail) }
    }

    /// What stands for an answer of this status that says nothing of its own.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            status if status.is_server_error() => Self { status, ..Self::internal() },
            status => Self { status, ..Self::invalid(Vec::new()) },
        }
    }

    /// Completes what a service found wrong with a request by what is missing of it; what lies within a missing field
    /// is not told beside it. Any other refusal came before the service looked at the fields, and stays as it is.
    #[must_use]
    pub(crate) fn with_missing(mut self, missing: Vec<Violation>) -> Self {
        if self.reason == INVALID_REQUEST && !missing.is_empty() {
            self.violations.retain(|found| !missing.iter().any(|absent| found.is_within(&absent.field)));
            self.violations.splice(0..0, missing);
        }
        self
    }

    /// 404 for a path that no route has.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "There is nothing at this path.")
    }

    /// 405; `allow` lists the methods that the path has.
    pub fn method_not_allowed(allow: &str) -> Self {
        let detail = format!("This path allows {allow}.");
        let problem = Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", detail);
        Self { allow: Some(allow.into()), ..problem }
    }

    /// 412 for what is not of the version that the client read.
    pub fn stale() -> Self {
        let detail = "It changed since you read it; read it again.";
        Self::new(StatusCode::PRECONDITION_FAILED, "STALE_VERSION", detail)
    }

    /// 413; `limit` in bytes.
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("The body is larger than {limit} bytes.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", detail)
    }

    /// 415; `expected` names the media types that are accepted.
    pub fn unsupported_media_type(expected: &str) -> Self {
        let detail = format!("The body must be {expected}.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", detail)
    }

    /// 416; `content_range` tells how large it is.
    pub fn range_not_satisfiable(content_range: Option<&str>) -> Self {
        let detail = "There is nothing at the range that is asked for.";
        let problem = Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "RANGE_NOT_SATISFIABLE", detail);
        Self { content_range: content_range.map(Box::from), ..problem }
    }

    /// 429 with `Retry-After`, rounded up to whole seconds.
    pub fn throttled(retry_after: Duration) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "THROTTLED", "Too many requests.");
        Self { retry_after: Some(whole_seconds(retry_after)), ..problem }
    }

    /// 503 for an upstream that cannot be reached.
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "UPSTREAM_UNAVAILABLE", UNAVAILABLE)
    }

    /// 503 for a request that is shed because others go first.
    pub fn overloaded(retry_after: Duration) -> Self {
        let problem =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", "Too much work at the moment.");
        Self { retry_after: Some(whole_seconds(retry_after)), ..problem }
    }

    /// 504.
    pub fn timeout() -> Self {
        Self::new(StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED", "The request took too long.")
    }

    /// 500; what happened is told to nobody but the log.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", INTERNAL)
    }

    /// The problem that a gRPC status stands for, with its `ErrorInfo`, `BadRequest` and `RetryInfo`.
    pub fn from_status(status: &tonic::Status) -> Self {
        let row = TABLE.iter().find(|(code, ..)| *code == status.code());
        let (_, http, reason) = row.copied().unwrap_or(TABLE[TABLE.len() - 1]);
        if http == StatusCode::INTERNAL_SERVER_ERROR {
            return Self::internal();
        }

        let details = status.get_error_details();
        let said_by_us = details.error_info().is_some_and(|info| !info.reason.is_empty());
        let detail = match http {
            // A transport's words: addresses and library names.
            StatusCode::SERVICE_UNAVAILABLE if !said_by_us => UNAVAILABLE.to_owned(),
            _ if status.message().is_empty() => title(http).to_lowercase(),
            _ => status.message().to_owned(),
        };
        let reason = match details.error_info() {
            Some(info) if said_by_us => Cow::Owned(info.reason.clone()),
            _ => Cow::Borrowed(reason),
        };
        let violations = details.bad_request().map(|bad| bad.field_violations.as_slice()).unwrap_or_default();
        let violations = violations
            .iter()
            .map(|violation| Violation {
                field: json_path(&violation.field),
                message: violation.description.clone(),
            })
            .collect();
        let retry_after = details.retry_info().and_then(|retry| retry.retry_delay).map(whole_seconds);
        let facts = details.error_info().map(|info| info.metadata.clone()).unwrap_or_default();
        let facts = facts.into_iter().filter(|(name, _)| !MEMBERS.contains(&name.as_str())).collect();
        Self { violations, retry_after, facts, ..Self::new(http, reason, detail) }
    }

    /// Names the trace of the request.
    #[must_use]
    pub fn traced(mut self, trace_id: Option<Box<str>>) -> Self {
        self.trace_id = trace_id.or(self.trace_id);
        self
    }

    /// How to be let in (RFC 6750 §3): what is asked for is a token; a token that was sent is no good, or lacks a permission.
    fn challenge(&self) -> Option<HeaderValue> {
        const BEARER: &str = "Bearer realm=\"careway\"";
        match (self.status, &*self.reason) {
            (StatusCode::UNAUTHORIZED, "TOKEN_REJECTED") => {
                HeaderValue::try_from(format!("{BEARER}, error=\"invalid_token\"")).ok()
            }
            (StatusCode::UNAUTHORIZED, _) => Some(HeaderValue::from_static(BEARER)),
            (StatusCode::FORBIDDEN, "PERMISSION_DENIED") => {
                let scope = self.facts.get("permission")?;
                HeaderValue::try_from(format!("{BEARER}, error=\"insufficient_scope\", scope=\"{scope}\""))
                    .ok()
            }
            _ => None,
        }
    }

    /// The problem's document, as `application/problem+json` has it.
    pub fn to_json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Document<'a> {
            r#type: String,
            title: &'a str,
            status: u16,
            detail: &'a str,
            reason: &'a str,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            violations: &'a [Violation],
            #[serde(skip_serializing_if = "Option::is_none")]
            trace_id: Option<&'a str>,
            #[serde(flatten)]
            facts: BTreeMap<&'a str, Value>,
        }
        let document = Document {
            r#type: format!("/problems/{}", self.reason),
            title: title(self.status),
            status: self.status.as_u16(),
            detail: &self.detail,
            reason: &self.reason,
            violations: &self.violations,
            trace_id: self.trace_id.as_deref(),
            facts: self.facts.iter().map(|(name, fact)| (name.as_str(), json_fact(fact))).collect(),
        };
        serde_json::to_vec(&document).expect("a struct of texts is JSON")
    }
}

/// The response carries the problem itself, for a layer that completes it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.to_json().into());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(self.clone());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(challenge) = self.challenge() {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        for (name, value) in [(header::ALLOW, self.allow), (header::CONTENT_RANGE, self.content_range)] {
            if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// The same for every problem of a status; the reason tells them apart.
pub(crate) fn title(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "The request is not valid",
        401 => "Authentication is needed",
        403 => "Not permitted",
        404 => "Not found",
        405 => "Method not allowed",
        408 => "The body is too slow",
        409 => "The state does not allow it",
        412 => "It was changed meanwhile",
        413 => "The body is too large",
        415 => "Unsupported media type",
        416 => "There is nothing at this range",
        422 => "It cannot be done so",
        428 => "A precondition is required",
        429 => "Too many requests",
        501 => "Not implemented",
        503 => "Not available",
        504 => "It took too long",
        _ => "Internal error",
    }
}

/// A small count is a number; everything else is a text.
fn json_fact(fact: &str) -> Value {
    match fact.parse::<u32>() {
        Ok(count) if count.to_string() == fact => count.into(),
        _ => fact.into(),
    }
}

fn whole_seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis().div_ceil(1000)).unwrap_or(u32::MAX).max(1)
}

/// A service names its fields as the contract does; the client knows them by their JSON names.
fn json_path(path: &str) -> String {
    let mut json = String::with_capacity(path.len());
    let mut letters = path.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('_', Some(next)) if next.is_ascii_alphanumeric() && !json.is_empty() => {
                json.extend(letters.next().map(|next| next.to_ascii_uppercase()));
            }
            _ => json.push(letter),
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn faults_never_show_their_text() {
        for code in [Code::Internal, Code::Unknown, Code::DataLoss] {
            let problem = Problem::from_status(&tonic::Status::new(code, "password=hunter2"));
            assert_eq!((problem.status.as_u16(), &*problem.detail), (500, INTERNAL));
        }
        let problem = Problem::from_status(&tonic::Status::unavailable("tcp connect error: 10.0.0.7"));
        assert_eq!(&*problem.detail, UNAVAILABLE);
    }

    #[test]
    fn details_are_carried_over() {
        let facts = [("slotId", "42a"), ("left", "3"), ("status", "200")];
        let facts = facts.map(|(name, fact)| (name.to_owned(), fact.to_owned()));
        let facts = std::collections::HashMap::from(facts);
        let mut details = ErrorDetails::with_error_info("SLOT_TAKEN", "careway", facts.clone());
        details.add_bad_request_violation("lines[2].unit_price", "must be positive");
        details.set_retry_info(Some(Duration::from_millis(1200)));
        let status =
            tonic::Status::with_error_details(Code::FailedPrecondition, "the slot is taken", details);
        let problem = Problem::from_status(&status);
        assert_eq!(problem.status, StatusCode::CONFLICT);
        assert_eq!((&*problem.reason, &*problem.detail), ("SLOT_TAKEN", "the slot is taken"));
        assert_eq!(problem.violations[0].field, "lines[2].unitPrice");
        assert_eq!(problem.retry_after, Some(2));
        let document: Value = serde_json::from_slice(&problem.to_json()).unwrap();
        assert_eq!((&document["slotId"], &document["left"]), (&"42a".into(), &3.into()));
        assert_eq!(document["status"], 409, "a fact takes no member's place");
    }

    #[test]
    fn what_is_missing_is_told_once_and_beside_what_is_wrong() {
        let violation =
            |field: &str, message: &str| Violation { field: field.to_owned(), message: message.to_owned() };
        let missing = || vec![violation("lines", "is required"), violation("to", "is required")];
        let found = [
            ("lines", "must name at least one"),
            ("lines[0].price", "is required"),
            ("linesTotal", "is wrong"),
            ("from", "is wrong"),
        ];
        let found = found.map(|(field, message)| violation(field, message)).to_vec();
        let told = Problem::invalid(found.clone()).with_missing(missing());
        let fields: Vec<_> = told.violations.iter().map(|it| (&*it.field, &*it.message)).collect();
        let expected = [
            ("lines", "is required"),
            ("to", "is required"),
            ("linesTotal", "is wrong"),
            ("from", "is wrong"),
        ];
        assert_eq!(fields, expected);

        let whole = vec![violation("", "is required")];
        assert_eq!(Problem::invalid(found.clone()).with_missing(whole.clone()).violations, whole);
        assert_eq!(Problem::invalid(found.clone()).with_missing(Vec::new()).violations, found);
        assert_eq!(Problem::not_found().with_missing(missing()), Problem::not_found());
    }

    #[test]
    fn every_code_has_a_row() {
        for code in 1..=16 {
            assert!(TABLE.iter().any(|(row, ..)| *row == Code::from_i32(code)), "{code}");
        }
    }
}

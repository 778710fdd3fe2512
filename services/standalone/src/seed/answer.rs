//! What the gateway answered: its status, its fields by path, and the words of a refusal.

use std::fmt;

use anyhow::bail;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header::ETAG};
use serde_json::Value;

/// What the gateway answered.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The JSON of the body; null when it has none.
    pub body: Value,
    /// The body as it came.
    pub content: Bytes,
    request: String,
}

impl Answer {
    /// `request` is what errors call it, like `POST /v1/visits`.
    pub(super) fn new(request: String, status: StatusCode, headers: HeaderMap, content: Bytes) -> Self {
        // What is not JSON (a health probe's text, a document, an empty body) has no fields to ask for.
        let body = serde_json::from_slice(&content).unwrap_or_default();
        Self { status, headers, body, content, request }
    }

    /// The answer, if it is a success; an error that says what was asked and why it was refused otherwise.
    pub fn ok(self) -> anyhow::Result<Self> {
        if self.status.is_success() { Ok(self) } else { bail!("{self}") }
    }

    /// The answer, if it is a success or refused for this reason.
    pub fn ok_or(self, reason: &str) -> anyhow::Result<Self> {
        if self.reason() == reason { Ok(self) } else { self.ok() }
    }

    /// The stable reason of a problem; empty for anything else.
    pub fn reason(&self) -> &str {
        self.text("reason")
    }

    /// A field by its path, like `visit.visitId` or `serviceTypes.0.allowed`; null when it is not there.
    pub fn at(&self, path: &str) -> &Value {
        path.split('.').fold(&self.body, |value, step| match step.parse::<usize>() {
            Ok(index) => &value[index],
            Err(_) => &value[step],
        })
    }

    /// A text by its path; empty when it is not there.
    pub fn text(&self, path: &str) -> &str {
        self.at(path).as_str().unwrap_or_default()
    }

    /// A list by its path; empty when it is not there.
    pub fn list(&self, path: &str) -> &[Value] {
        self.at(path).as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// A header, if it was given and can be read.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The version that was answered, for [`Request::if_match`].
    pub fn etag(&self) -> &str {
        self.header(ETAG.as_str()).unwrap_or_default()
    }
}

/// What was asked and how it was answered; of a problem, why. Never a body, which may hold anything.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered {}", self.request, self.status.as_u16())?;
        if self.reason().is_empty() {
            return Ok(());
        }
        write!(f, " {}: {}", self.reason(), self.text("detail"))?;
        for violation in self.list("violations") {
            let text = |key: &str| violation[key].as_str().unwrap_or_default().to_owned();
            write!(f, "; {} {}", text("field"), text("message"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: Value) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer::new("POST /v1/visits".to_owned(), status, HeaderMap::new(), body.to_string().into())
    }

    #[test]
    fn fields_are_found_by_their_path() {
        let answer = answer(200, json!({"visit": {"state": "ADMITTED"}, "lines": [{"code": "A"}]}));
        assert_eq!(answer.text("visit.state"), "ADMITTED");
        assert_eq!(answer.text("lines.0.code"), "A");
        assert!(answer.at("visit.member.name").is_null());
        assert_eq!(answer.list("lines").len(), 1);
    }

    #[test]
    fn a_refusal_says_what_was_asked_and_everything_that_is_wrong() {
        let problem = json!({"reason": "INVALID_REQUEST", "detail": "Fields are missing.",
            "violations": [{"field": "code", "message": "must be six digits"}]});
        let refused = answer(400, problem).ok().err().unwrap().to_string();
        let expected =
            "POST /v1/visits was answered 400 INVALID_REQUEST: Fields are missing.; code must be six digits";
        assert_eq!(refused, expected);
        assert!(answer(409, json!({"reason": "CODE_TAKEN"})).ok_or("CODE_TAKEN").is_ok());
    }
}

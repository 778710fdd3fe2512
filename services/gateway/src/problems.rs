//! The catalogue of reasons a problem may carry: the one source of docs/problems.md and of the OpenAPI document.

use axum::http::StatusCode;
use careway_transcoding::ProblemDoc;

/// Reason, HTTP status, and what it means to the one who gets it.
pub const PROBLEMS: &[(&str, u16, &str)] = &[
    ("INVALID_REQUEST", 400, "Fields are missing or wrong; `violations` names every one."),
    ("MALFORMED_JSON", 400, "The body is not JSON."),
    ("IDEMPOTENCY_KEY_REQUIRED", 400, "This operation needs an `Idempotency-Key`."),
    ("TOKEN_REQUIRED", 401, "Send an access token as `Authorization: Bearer …`."),
    ("TOKEN_REJECTED", 401, "The access token is not valid, expired or revoked: sign in again."),
    ("CREDENTIALS_REJECTED", 401, "E-mail and password do not fit together."),
    ("TOTP_REQUIRED", 401, "The account has a second factor: send `totpCode` as well."),
    ("CODE_REJECTED", 401, "The one-time code is wrong, expired, used or locked; `attemptsLeft` tells the tries left."),
    ("PERMISSION_DENIED", 403, "Your roles do not allow this; `permission` names what is missing."),
    ("ORGANIZATION_REQUIRED", 403, "This needs a caller that acts for an organization."),
    ("PERSON_REQUIRED", 403, "This needs a signed-in person, not a system."),
    ("NOT_FOUND", 404, "There is no such thing, or it belongs to somebody else."),
    ("METHOD_NOT_ALLOWED", 405, "The path has other methods; see `Allow`."),
    ("IDEMPOTENCY_KEY_IN_USE", 409, "The same request is still running: ask again for its answer."),
    ("VISIT_ALREADY_OPEN", 409, "The member has an open visit of this type here today; `visitId` names it."),
    ("WRONG_STATE", 409, "The present state does not allow this; `state` names it."),
    ("STALE_VERSION", 412, "It changed since you read it: read it again."),
    ("REQUEST_TOO_LARGE", 413, "The body is larger than this route takes."),
    ("UNSUPPORTED_MEDIA_TYPE", 415, "The body's content type is not one this route takes."),
    ("IDEMPOTENCY_KEY_REUSED", 422, "This key was used with another request: choose a new one."),
    ("PRECONDITION_REQUIRED", 428, "Send `If-Match` with the `ETag` you read."),
    ("CODE_LIMIT_REACHED", 429, "Too many codes were asked for or tried; see `Retry-After`."),
    ("RESEND_TOO_SOON", 429, "A code was just sent; see `Retry-After`."),
    ("THROTTLED", 429, "Too many requests; see `Retry-After`."),
    ("INTERNAL", 500, "A fault of ours; tell support the `traceId`."),
    ("OVERLOADED", 503, "Too much is under way; see `Retry-After`."),
    ("UPSTREAM_UNAVAILABLE", 503, "A part of the platform is away; try again."),
    ("DEADLINE_EXCEEDED", 504, "It took too long; with an `Idempotency-Key` it is safe to ask again."),
];

pub(crate) fn documented() -> Vec<ProblemDoc> {
    let row = |(reason, status, text): &(&str, u16, &str)| {
        let status = StatusCode::from_u16(*status).ok()?;
        Some(ProblemDoc { reason: (*reason).to_owned(), status, text: (*text).to_owned() })
    };
    PROBLEMS.iter().filter_map(row).collect()
}

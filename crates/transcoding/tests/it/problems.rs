//! What goes wrong, as the client sees it.

use std::time::Duration;

use axum::http::{Method, header};
use careway_transcoding::{Deadline, TraceId};
use serde_json::json;
use tokio::time::Instant;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::support::{Answer, Service, message, request, send};

const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let service = Service::new([message("LendBookResponse", json!({}))]);
    let router = service.router();
    send(&router, request(Method::GET, "/v2")).await.assert_problem(404, "NOT_FOUND");
    let got =
        send(&router, request(Method::DELETE, "/v1/books/b-1").header("traceparent", TRACEPARENT)).await;
    got.assert_problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(got.headers[header::ALLOW], "GET, PATCH, PUT");
    assert_eq!(got.json()["traceId"], "0af7651916cd43dd8448eb211c80319c");
}

#[tokio::test]
async fn every_code_has_its_status() {
    let table = [
        (Code::InvalidArgument, 400, "INVALID_REQUEST"),
        (Code::Unauthenticated, 401, "TOKEN_REJECTED"),
        (Code::PermissionDenied, 403, "PERMISSION_DENIED"),
        (Code::NotFound, 404, "NOT_FOUND"),
        (Code::AlreadyExists, 409, "CONFLICT"),
        (Code::FailedPrecondition, 409, "REFUSED"),
        (Code::Aborted, 412, "STALE_VERSION"),
        (Code::OutOfRange, 422, "UNPROCESSABLE"),
        (Code::ResourceExhausted, 429, "THROTTLED"),
        (Code::Cancelled, 503, "UPSTREAM_UNAVAILABLE"),
        (Code::Unavailable, 503, "UPSTREAM_UNAVAILABLE"),
        (Code::DeadlineExceeded, 504, "DEADLINE_EXCEEDED"),
        (Code::Unimplemented, 501, "NOT_IMPLEMENTED"),
        (Code::Unknown, 500, "INTERNAL"),
    ];
    for (code, status, reason) in table {
        for trailers in [true, false] {
            let refused = Status::new(code, "in words");
            let answer = match trailers {
                true => Answer::Messages(Default::default(), Vec::new(), refused),
                false => Answer::Status(refused),
            };
            let service = Service::new([answer]);
            let got = send(&service.router(), request(Method::POST, "/v1/books/b-1/lend")).await;
            got.assert_problem(status, reason);
            assert_eq!(got.headers.contains_key(header::WWW_AUTHENTICATE), status == 401);
        }
    }
}

#[tokio::test]
async fn a_refusal_says_how_to_be_let_in_as_rfc_6750_has_it() {
    let refused = [
        (Code::Unauthenticated, "TOKEN_REQUIRED", None, Some("Bearer realm=\"careway\"")),
        (Code::Unauthenticated, "CREDENTIALS_REJECTED", None, Some("Bearer realm=\"careway\"")),
        (
            Code::Unauthenticated,
            "TOKEN_REJECTED",
            None,
            Some("Bearer realm=\"careway\", error=\"invalid_token\""),
        ),
        (
            Code::PermissionDenied,
            "PERMISSION_DENIED",
            Some("books.lend"),
            Some("Bearer realm=\"careway\", error=\"insufficient_scope\", scope=\"books.lend\""),
        ),
        (Code::PermissionDenied, "PERMISSION_DENIED", None, None),
        (Code::PermissionDenied, "ORGANIZATION_REQUIRED", None, None),
    ];
    for (code, reason, permission, challenge) in refused {
        let facts = permission.map(|name: &str| ("permission".to_owned(), name.to_owned()));
        let facts: std::collections::HashMap<_, _> = facts.into_iter().collect();
        let details = ErrorDetails::with_error_info(reason, "careway", facts);
        let status = Status::with_error_details(code, "in words", details);
        let service = Service::new([Answer::Status(status)]);
        let got = send(&service.router(), request(Method::GET, "/v1/books/b-1")).await;
        let told = got.headers.get(header::WWW_AUTHENTICATE).map(|value| value.to_str().unwrap());
        assert_eq!(told, challenge, "{reason}");
    }
}

#[tokio::test]
async fn details_of_a_status_are_shown() {
    let mut details =
        ErrorDetails::with_error_info("TITLE_TAKEN", "careway", std::collections::HashMap::new());
    details.add_bad_request_violation("book.printed_at", "is in the future");
    details.set_retry_info(Some(Duration::from_millis(2500)));
    let status = Status::with_error_details(Code::ResourceExhausted, "wait a little", details);
    let service = Service::new([Answer::Status(status)]);
    let builder = request(Method::GET, "/v1/books/b-1").extension(TraceId("t-1".to_owned()));
    let got = send(&service.router(), builder).await;
    got.assert_problem(429, "TITLE_TAKEN");
    assert_eq!(got.headers[header::RETRY_AFTER], "3");
    assert_eq!(got.violations(), [("book.printedAt".to_owned(), "is in the future".to_owned())]);
    assert_eq!(
        (got.json()["detail"].as_str(), got.json()["traceId"].as_str()),
        (Some("wait a little"), Some("t-1"))
    );
}

#[tokio::test]
async fn an_answer_that_is_no_message_is_a_fault() {
    for broken in [&b"\x0a\x05abc"[..], b"\x0a\x02\x12\xff", b"\x08\x01"] {
        let answer = Answer::Messages(Default::default(), vec![broken.to_vec().into()], Status::ok(""));
        let got = send(&Service::new([answer]).router(), request(Method::GET, "/v1/books/b-1")).await;
        got.assert_problem(500, "INTERNAL");
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_travels_and_holds() {
    let service = Service::new([Answer::Hangs]);
    let router = service.router();
    let late = request(Method::GET, "/v1/books/b-1").extension(Deadline(Instant::now()));
    send(&router, late).await.assert_problem(504, "DEADLINE_EXCEEDED");
    assert!(service.calls().is_empty(), "not worth a call");

    let soon = Instant::now() + Duration::from_millis(80);
    let builder = request(Method::GET, "/v1/books/b-1").extension(Deadline(soon));
    send(&router, builder).await.assert_problem(504, "DEADLINE_EXCEEDED");
    assert!(Instant::now() <= soon + Duration::from_millis(1), "and is not waited for longer");
    assert_eq!(service.calls()[0].headers["grpc-timeout"], "30m", "without what the way back needs");
}

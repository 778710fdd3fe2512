//! What is tried again, and what never.

use axum::http::Method;
use serde_json::json;
use tonic::Status;

use crate::support::{Answer, Service, json, message, request, send};

#[tokio::test]
async fn a_get_is_tried_again() {
    let found = message("GetBookResponse", json!({"book": {"title": "x"}}));
    let service = Service::new([Answer::Unreachable, Answer::Status(Status::unavailable("")), found]);
    assert_eq!(send(&service.router(), request(Method::GET, "/v1/books/b-1")).await.status, 200);
    assert_eq!(service.calls().len(), 3);
}

#[tokio::test]
async fn a_keyed_post_is_tried_again_with_its_key() {
    let made = message("CreateBookResponse", json!({"book": {"bookId": "b", "title": "x"}}));
    let service = Service::new([Answer::Unreachable, made]);
    let builder = json(Method::POST, "/v1/books", r#"{"book":{"title":"x"}}"#);
    let got = send(&service.router(), builder.header("idempotency-key", "0123456789abcdef")).await;
    assert_eq!(got.status, 201);
    let calls = service.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].messages, calls[1].messages);
    assert_eq!(calls[0].headers, calls[1].headers);
}

#[tokio::test]
async fn it_gives_up() {
    let service = Service::new([Answer::Unreachable]);
    let got = send(&service.router(), request(Method::GET, "/v1/books/b-1")).await;
    got.assert_problem(503, "UPSTREAM_UNAVAILABLE");
    assert!(!String::from_utf8_lossy(&got.body).contains("10.0.0.7"));
    assert_eq!(service.calls().len(), 3);
}

#[tokio::test]
async fn what_may_have_happened_is_not_tried_again() {
    let service = Service::new([Answer::Unreachable]);
    let router = service.router();
    send(&router, request(Method::POST, "/v1/books/b-1/lend"))
        .await
        .assert_problem(503, "UPSTREAM_UNAVAILABLE");
    assert_eq!(service.calls().len(), 1);
    let service = Service::new([Answer::Status(Status::internal("boom"))]);
    send(&service.router(), request(Method::GET, "/v1/books/b-1")).await.assert_problem(500, "INTERNAL");
    assert_eq!(service.calls().len(), 1);
}

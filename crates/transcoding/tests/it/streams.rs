//! Server streams, as events and as lines.

use axum::http::{HeaderMap, Method, header};
use serde_json::{Value, json};
use tonic::Status;

use crate::support::{Answer, Service, encode, request, send};

fn two_books(status: Status) -> Service {
    let books = [json!({"title": "a"}), json!({"title": "b"})].map(|book| encode("Book", book)).to_vec();
    Service::new([Answer::Messages(HeaderMap::new(), books, status)])
}

#[tokio::test]
async fn lines() {
    let got = send(&two_books(Status::ok("")).router(), request(Method::GET, "/v1/shelf/watch")).await;
    assert_eq!(got.headers[header::CONTENT_TYPE], "application/x-ndjson");
    let text = String::from_utf8(got.body.to_vec()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|it| it["title"].as_str().unwrap()).collect::<Vec<_>>(), ["a", "b"]);
}

#[tokio::test]
async fn events_with_a_problem_at_the_end() {
    let service = two_books(Status::resource_exhausted("too slow"));
    let builder = request(Method::GET, "/v1/shelf/watch").header(header::ACCEPT, "text/event-stream");
    let got = send(&service.router(), builder).await;
    assert_eq!(got.headers[header::CONTENT_TYPE], "text/event-stream");
    let text = String::from_utf8(got.body.to_vec()).unwrap();
    let events: Vec<&str> = text.split_terminator("\n\n").collect();
    assert_eq!(events.len(), 3, "{text}");
    assert!(events[0].starts_with("id: 1\nevent: Book\ndata: {\"title\":\"a\""), "{text}");
    assert!(events[2].starts_with("event: problem\ndata: {\"type\":\"/problems/THROTTLED\""), "{text}");
}

#[tokio::test]
async fn lines_with_a_problem_at_the_end() {
    let got =
        send(&two_books(Status::internal("secret")).router(), request(Method::GET, "/v1/shelf/watch")).await;
    let text = String::from_utf8(got.body.to_vec()).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["problem"]["reason"], "INTERNAL");
    assert!(!text.contains("secret"));
}

#[tokio::test]
async fn a_refusal_before_the_first_event_is_a_plain_problem() {
    let service = Service::new([Answer::Status(Status::permission_denied("not yours"))]);
    let builder = request(Method::GET, "/v1/shelf/watch").header(header::ACCEPT, "text/event-stream");
    send(&service.router(), builder).await.assert_problem(403, "PERMISSION_DENIED");
}

#[tokio::test]
async fn an_event_has_the_id_that_it_says_itself_and_a_stream_goes_on_after_the_last_one_seen() {
    let loans = [json!({"eventId": "a-7", "title": "a"}), json!({"eventId": "a-\n9", "title": "b"})];
    let messages = loans.map(|loan| encode("Loan", loan)).to_vec();
    let service = Service::new([Answer::Messages(HeaderMap::new(), messages, Status::ok(""))]);
    let builder = request(Method::GET, "/v1/loans/watch?lastEventId=a-1")
        .header(header::ACCEPT, "text/event-stream")
        .header("Last-Event-ID", "a-6");
    let got = send(&service.router(), builder).await;
    let text = String::from_utf8(got.body.to_vec()).unwrap();
    let events: Vec<&str> = text.split_terminator("\n\n").collect();
    assert!(events[0].starts_with("id: a-7\nevent: Loan\ndata: {"), "{text}");
    assert!(events[1].starts_with("id: a-9\nevent: Loan\n"), "no line is broken: {text}");
    assert_eq!(
        service.only_message("WatchLoansRequest")["lastEventId"],
        "a-6",
        "the header outranks the address"
    );
}

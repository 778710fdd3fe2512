//! Raw bodies, up and down.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, header},
};
use bytes::Bytes;
use careway_transcoding::{Settings, Transcoder, Upstream};
use futures::StreamExt;
use http_body_util::BodyExt;
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

use crate::support::{Answer, POOL, Service, chunked, decode, encode, message, request, send, send_request};

fn upload(path: &str, content_type: &str, body: Body) -> Request<Body> {
    request(Method::POST, path).header(header::CONTENT_TYPE, content_type).body(body).unwrap()
}

#[tokio::test]
async fn an_upload_is_sent_in_chunks() {
    let service = Service::new([message("UploadScanResponse", json!({"scanId": "s-1", "size": "100000"}))]);
    let chunks = vec![Bytes::from(vec![1; 100_000]), Bytes::new(), Bytes::from(vec![2; 7])];
    let sent = upload("/v1/books/b-1/scans?title=front", "application/pdf; q=1", chunked(chunks));
    let got = send_request(&service.router(), sent).await;
    assert_eq!(got.status, 201);
    assert_eq!(got.headers[header::LOCATION], "/v1/scans/s-1");

    let messages = &service.calls()[0].messages;
    let first = decode("UploadScanRequest", &messages[0]);
    assert_eq!(
        first,
        json!({"bookId": "b-1", "title": "front", "file": {"contentType": "application/pdf; q=1"}})
    );
    let sizes: Vec<usize> = messages.iter().map(Bytes::len).collect();
    assert!(sizes.iter().all(|size| *size <= (64 << 10) + 16), "{sizes:?}");
    assert_eq!(messages.len(), 4);
    let last = decode("UploadScanRequest", &messages[3]);
    assert_eq!(last, json!({"file": {"data": "AgICAgICAg=="}}));
}

#[tokio::test]
async fn an_upload_is_checked_before_it_is_read() {
    let service = Service::new([message("UploadScanResponse", json!({}))]);
    let router = service.router();
    let got = send_request(&router, upload("/v1/books/b-1/scans", "application/pdf", Body::empty())).await;
    assert_eq!(got.violations(), [("title".to_owned(), "is required".to_owned())]);
    let got = send_request(&router, upload("/v1/books/b-1/scans?title=x", "text/html", Body::empty())).await;
    got.assert_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    let got = send_request(&router, upload("/v1/books/b-1/scans?title=x", "image/png", Body::empty())).await;
    assert_eq!(got.status, 201);
    assert_eq!(service.calls()[0].messages.len(), 1);
}

#[tokio::test]
async fn an_upload_that_breaks_off_never_looks_whole() {
    let heard = Arc::new(Mutex::new(None));
    let hearing = Arc::clone(&heard);
    let upstream = tower::service_fn(move |request: Request<tonic::body::Body>| {
        let hearing = Arc::clone(&hearing);
        async move {
            let broken = request.into_body().collect().await.err();
            *hearing.lock().unwrap() = broken.map(|status| status.code());
            Ok(Status::unavailable("it broke off").into_http())
        }
    });
    let transcoder = Transcoder::new(POOL.clone(), Settings::default()).unwrap();
    let router = transcoder.router(|_| Some(Upstream::new(upstream.clone()))).unwrap();
    let pieces = [Ok(Bytes::from("half of it")), Err(std::io::Error::other("gone"))];
    let body = Body::from_stream(futures::stream::iter(pieces));
    let got = send_request(&router, upload("/v1/books/b-1/scans?title=x", "image/png", body)).await;
    got.assert_problem(400, "INCOMPLETE_BODY");
    // To a tonic service `Cancelled` is no error but the end.
    assert_eq!(heard.lock().unwrap().take(), Some(tonic::Code::Aborted));
}

#[tokio::test]
async fn an_upload_over_a_layers_limit_is_413() {
    let service = Service::new([message("UploadScanResponse", json!({}))]);
    let limited = Body::new(http_body_util::Limited::new(chunked(vec![vec![0; 200].into()]), 100));
    let got =
        send_request(&service.router(), upload("/v1/books/b-1/scans?title=x", "image/png", limited)).await;
    got.assert_problem(413, "BODY_TOO_LARGE");
}

#[tokio::test]
async fn an_upload_that_a_layer_gives_up_as_too_slow_is_408() {
    let service = Service::new([message("UploadScanResponse", json!({}))]);
    let begun = futures::stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from("half of it"))]);
    let body = Body::from_stream(begun.chain(futures::stream::pending()));
    let slow = Body::new(TimeoutBody::new(Duration::from_millis(10), body));
    let got = send_request(&service.router(), upload("/v1/books/b-1/scans?title=x", "image/png", slow)).await;
    got.assert_problem(408, "BODY_TOO_SLOW");
}

#[tokio::test]
async fn what_a_client_says_of_an_upload_reaches_the_service() {
    let service = Service::new([message("UploadScanResponse", json!({}))]);
    let digest = "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:";
    let mut sent = upload("/v1/books/b-1/scans?title=x", "image/png", Body::from("abc"));
    sent.headers_mut().insert("content-digest", HeaderValue::from_static(digest));
    sent.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("3"));
    assert_eq!(send_request(&service.router(), sent).await.status, 201);
    let seen = &service.calls()[0].headers;
    assert_eq!(
        (&seen["content-digest"], &seen["careway-content-length"]),
        (&digest.parse().unwrap(), &"3".parse().unwrap())
    );
    assert!(!seen.contains_key(header::CONTENT_LENGTH), "that would be the gRPC message's");
}

/// Sends an upload to a service that refuses it unread; what it is answered, and what it may go on sending to.
async fn refused_unread(expect: Option<&'static str>) -> (u16, mpsc::Sender<Bytes>) {
    let refusing = tower::service_fn(|_| async { Ok(Status::permission_denied("not yours").into_http()) });
    let transcoder = Transcoder::new(POOL.clone(), Settings::default()).unwrap();
    let router = transcoder.router(|_| Some(Upstream::new(refusing))).unwrap();
    let (pieces, body) = mpsc::channel(1);
    let body = Body::from_stream(ReceiverStream::new(body).map(Ok::<_, std::convert::Infallible>));
    let mut sent = upload("/v1/books/b-1/scans?title=x", "image/png", body);
    if let Some(expect) = expect {
        sent.headers_mut().insert(header::EXPECT, HeaderValue::from_static(expect));
    }
    (send_request(&router, sent).await.status.as_u16(), pieces)
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_is_refused_is_read_on_so_that_its_sender_hears_why() {
    let (status, pieces) = refused_unread(None).await;
    assert_eq!(status, 403);
    for _ in 0..64 {
        pieces.send(vec![0; 1 << 20].into()).await.expect("somebody reads");
    }
    pieces.closed().await;

    let (status, pieces) = refused_unread(Some("100-continue")).await;
    assert_eq!(status, 403);
    pieces.closed().await;
}

#[tokio::test]
async fn a_small_raw_body_is_taken_whole() {
    let service = Service::new([message("UploadScanResponse", json!({"size": "3"}))]);
    let router = service.router_with(Settings { max_raw_bytes: 300, ..Settings::default() });
    let put = |body: Body| request(Method::PUT, "/v1/books/b-1/cover").body(body).unwrap();
    let got = send_request(&router, put(Body::from("abc"))).await;
    assert_eq!(got.json()["size"], "3");
    let expected =
        json!({"bookId": "b-1", "image": {"contentType": "application/octet-stream", "data": "YWJj"}});
    assert_eq!(service.only_message("SetCoverRequest"), expected);
    let large = chunked(vec![vec![0; 200].into(), vec![0; 200].into()]);
    send_request(&router, put(large)).await.assert_problem(413, "BODY_TOO_LARGE");
    assert_eq!(send_request(&router, put(vec![7; 300].into())).await.status, 200);
}

fn chunk(content_type: &str, data: &str) -> Bytes {
    encode("google.api.HttpBody", json!({"contentType": content_type, "data": data}))
}

#[tokio::test]
async fn a_download_keeps_its_headers_and_status() {
    let mut metadata = HeaderMap::new();
    metadata.insert("content-disposition", HeaderValue::from_static("attachment; filename=\"a.pdf\""));
    metadata.insert("content-range", HeaderValue::from_static("bytes 0-5/9"));
    metadata.insert("careway-content-length", HeaderValue::from_static("6"));
    metadata.insert("careway-http-status", HeaderValue::from_static("206"));
    metadata.insert("x-internal", HeaderValue::from_static("no"));
    let chunks = vec![chunk("application/pdf", "YWJj"), chunk("", "ZGVm")];
    let service = Service::new([Answer::Messages(metadata, chunks, Status::ok(""))]);
    let got =
        send(&service.router(), request(Method::GET, "/v1/scans/s-1").header(header::RANGE, "bytes=0-5"))
            .await;
    assert_eq!((got.status.as_u16(), &*got.body), (206, &b"abcdef"[..]));
    assert_eq!(got.headers[header::CONTENT_TYPE], "application/pdf");
    assert_eq!(got.headers[header::CONTENT_RANGE], "bytes 0-5/9");
    assert!(got.headers.contains_key(header::CONTENT_DISPOSITION) && !got.headers.contains_key("x-internal"));
    assert_eq!(got.headers[header::CONTENT_LENGTH], "6");
    assert_eq!(got.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(got.headers[header::CONTENT_SECURITY_POLICY], "sandbox; default-src 'none'");
    assert_eq!(service.calls()[0].headers["range"], "bytes=0-5");
}

#[tokio::test]
async fn what_is_there_already_and_what_is_not_there_have_no_data() {
    let metadata = |status: &'static str| {
        let mut metadata = HeaderMap::new();
        metadata.insert("careway-http-status", HeaderValue::from_static(status));
        metadata.insert("etag", HeaderValue::from_static("\"abc\""));
        metadata.insert("content-range", HeaderValue::from_static("bytes */9"));
        metadata
    };
    let service = Service::new([
        Answer::Messages(metadata("304"), Vec::new(), Status::ok("")),
        Answer::Messages(metadata("416"), Vec::new(), Status::ok("")),
    ]);
    let router = service.router();
    let asked = || {
        let builder = request(Method::GET, "/v1/scans/s-1").header(header::IF_NONE_MATCH, "\"abc\"");
        builder.header(header::RANGE, "bytes=9-").header(header::IF_RANGE, "\"abc\"")
    };
    let unchanged = send(&router, asked()).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.body.len()), (304, 0));
    assert_eq!(unchanged.headers[header::ETAG], "\"abc\"");
    assert!(!unchanged.headers.contains_key(header::CONTENT_TYPE));

    let beyond = send(&router, asked()).await;
    beyond.assert_problem(416, "RANGE_NOT_SATISFIABLE");
    assert_eq!(beyond.headers[header::CONTENT_RANGE], "bytes */9");
    let seen = &service.calls()[1].headers;
    assert_eq!(
        (&seen["if-none-match"], &seen["if-range"], &seen["range"]),
        (&"\"abc\"".parse().unwrap(), &"\"abc\"".parse().unwrap(), &"bytes=9-".parse().unwrap())
    );
}

#[tokio::test]
async fn a_head_asks_for_the_whole_and_another_version_than_is_wanted_is_not_sent() {
    let metadata = HeaderMap::from_iter([(header::ETAG, HeaderValue::from_static("\"abc\""))]);
    let service =
        Service::new([Answer::Messages(metadata, vec![chunk("application/pdf", "YWJj")], Status::ok(""))]);
    let router = service.router();
    let head = request(Method::HEAD, "/v1/scans/s-1").header(header::RANGE, "bytes=99-");
    let head = head.header(header::IF_RANGE, "\"abc\"").header(header::IF_NONE_MATCH, "\"b\"");
    assert_eq!(send(&router, head).await.status, 200);
    let seen = &service.calls()[0].headers;
    assert!(!seen.contains_key(header::RANGE) && !seen.contains_key(header::IF_RANGE));
    assert_eq!(seen[header::IF_NONE_MATCH], "\"b\"");

    let read = |tag| request(Method::GET, "/v1/scans/s-1").header(header::IF_MATCH, tag);
    assert_eq!(&*send(&router, read("\"abc\"")).await.body, b"abc");
    send(&router, read("\"b\"")).await.assert_problem(412, "STALE_VERSION");
}

#[tokio::test]
async fn a_download_that_fails_at_once_is_a_problem_and_later_breaks_off() {
    let service =
        Service::new([Answer::Messages(HeaderMap::new(), Vec::new(), Status::not_found("no scan"))]);
    let got = send(&service.router(), request(Method::GET, "/v1/scans/s-1")).await;
    got.assert_problem(404, "NOT_FOUND");

    let half = Answer::Messages(HeaderMap::new(), vec![chunk("text/csv", "YWJj")], Status::internal("disk"));
    let sent = request(Method::GET, "/v1/scans/s-1").body(Body::empty()).unwrap();
    let response = Service::new([half]).router().oneshot(sent).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.into_body().collect().await.is_err());
}

#[tokio::test]
async fn a_raw_answer_in_one_piece() {
    let answer = Answer::Messages(HeaderMap::new(), vec![chunk("image/png", "YWJj")], Status::ok(""));
    let got = send(&Service::new([answer]).router(), request(Method::GET, "/v1/covers/s-1")).await;
    assert_eq!((got.status.as_u16(), &*got.body), (200, &b"abc"[..]));
    assert_eq!(got.headers[header::CONTENT_TYPE], "image/png");
}

//! Paths, parameters, bodies, conditional and keyed requests.

use std::{collections::HashMap, net::IpAddr};

use axum::http::{HeaderMap, HeaderValue, Method, header};
use careway_transcoding::{ClientIp, Settings};
use serde_json::json;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::support::{Answer, Service, json, message, request, send, with_metadata};

const KEY: &str = "0198c5a2-7b1e-7c3d";

#[tokio::test]
async fn path_parameters_reach_the_message() {
    let service = Service::new([message("GetBookResponse", json!({"book": {"title": "Solaris"}}))]);
    let got =
        send(&service.router(), request(Method::GET, "/v1/shelves/fic%2Ftion/books/b-1?shelf.floor=3")).await;
    assert_eq!(got.status, 200);
    assert_eq!(service.calls()[0].path, "/careway.shelf.v1.ShelfService/GetBook");
    let message = service.only_message("GetBookRequest");
    assert_eq!(message, json!({"bookId": "b-1", "shelf": {"name": "fic/tion", "floor": 3}}));
}

#[tokio::test]
async fn query_parameters_of_every_kind() {
    let service = Service::new([message("ListBooksResponse", json!({}))]);
    let query = "pageSize=5&pageToken=a+b%2B&states=LENT&states=PRESENT&printedAfter=2026-01-31T08:00:00Z\
                 &shelf.name=x&shelf.floor=-2&worn=true&place=4";
    let got = send(&service.router(), request(Method::GET, &format!("/v1/books?{query}"))).await;
    assert_eq!(got.json(), json!({"books": []}));
    let expected = json!({
        "pageSize": 5, "pageToken": "a b+", "states": ["LENT", "PRESENT"], "printedAfter": "2026-01-31T08:00:00Z",
        "shelf": {"name": "x", "floor": -2}, "worn": true, "place": 4,
    });
    assert_eq!(service.only_message("ListBooksRequest"), expected);
}

#[tokio::test]
async fn wrong_query_parameters_are_all_named() {
    let service = Service::new([message("ListBooksResponse", json!({}))]);
    let query = "page_size=5&pageSize=x&states=STATE_UNSPECIFIED&worn=yes&printedAfter=soon&pageToken=a&pageToken=b&nope=";
    let got = send(&service.router(), request(Method::GET, &format!("/v1/books?{query}"))).await;
    got.assert_problem(400, "INVALID_REQUEST");
    let fields: Vec<_> = got.violations().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["page_size", "nope", "pageSize", "states[0]", "worn", "printedAfter", "pageToken"]);
    assert!(service.calls().is_empty());
}

#[tokio::test]
async fn creation_is_201_with_location_and_etag() {
    let answer = json!({"book": {"bookId": "b 7", "title": "Solaris", "version": 1}});
    let mut metadata = HeaderMap::new();
    metadata.insert("idempotency-replayed", HeaderValue::from_static("true"));
    let service = Service::new([with_metadata("CreateBookResponse", answer, metadata)]);
    let body = json!({"book": {"title": "Solaris", "credits": [{"author": "Lem"}]}, "note": null});
    let builder = json(Method::POST, "/v1/books", body.to_string()).header("idempotency-key", KEY);
    let got = send(&service.router(), builder).await;
    assert_eq!(got.status, 201);
    assert_eq!(got.headers[header::LOCATION], "/v1/books/b%207");
    assert_eq!(got.headers[header::ETAG], "\"v1\"");
    assert_eq!(got.headers["idempotency-replayed"], "true");
    let seen = service.only_message("CreateBookRequest");
    assert_eq!(seen, json!({"book": {"title": "Solaris", "credits": [{"author": "Lem"}]}}));
    assert_eq!(service.calls()[0].headers["idempotency-key"], KEY);
}

#[tokio::test]
async fn every_violation_of_a_body_is_told_with_its_path() {
    let service = Service::new([message("CreateBookResponse", json!({}))]);
    let body = r#"{"book": {
        "title": "", "state": "BURNT", "printed_at": "x", "printedAt": "yesterday", "readings": "many", "worn": 1,
        "credits": [{"author": "Lem", "pages": 1.5}, {"pages": 2147483648}, null, 7],
        "stars": [1, "2"], "labels": {"a": 1}, "loan": "1 hour", "fingerprint": "%", "person": "a", "library": "b",
        "chapters": {"one": {"author": "x"}}, "version": 1, "version": 2
    }, "extra": true}"#;
    let builder = json(Method::POST, "/v1/books", body).header("idempotency-key", KEY);
    let got = send(&service.router(), builder).await;
    got.assert_problem(400, "INVALID_REQUEST");
    let mut fields: Vec<_> = got.violations().into_iter().map(|(field, _)| field).collect();
    fields.sort();
    let mut expected = [
        "book.title",
        "book.state",
        "book.printed_at",
        "book.printedAt",
        "book.readings",
        "book.worn",
        "book.credits[0].pages",
        "book.credits[1].pages",
        "book.credits[1].author",
        "book.credits[2]",
        "book.credits[3]",
        "book.stars[1]",
        "book.labels.a",
        "book.loan",
        "book.fingerprint",
        "book.library",
        "book.chapters.one",
        "book.version",
        "extra",
    ];
    expected.sort_unstable();
    assert_eq!(fields, expected);
    let violations = got.violations();
    let of = |field: &str| violations.iter().find(|it| it.0 == field).map(|it| it.1.as_str()).unwrap();
    assert_eq!(of("book.state"), "must be one of PRESENT, LENT");
    assert_eq!(of("book.title"), "is required");
    assert_eq!(of("book.version"), "is given twice");
    assert_eq!(of("extra"), "is not a field of this request");
}

#[tokio::test]
async fn absent_and_malformed_bodies() {
    let service = Service::new([message("CreateBookResponse", json!({}))]);
    let router = service.router_with(Settings { max_json_bytes: 100, ..Settings::default() });
    let keyed = |builder: axum::http::request::Builder| builder.header("idempotency-key", KEY);

    let got = send(&router, keyed(json(Method::POST, "/v1/books", "{\"book\":"))).await;
    got.assert_problem(400, "MALFORMED_JSON");
    let got = send(&router, keyed(json(Method::POST, "/v1/books", "[".repeat(90)))).await;
    got.assert_problem(400, "MALFORMED_JSON");
    let got = send(&router, keyed(json(Method::POST, "/v1/books", "[]"))).await;
    assert_eq!(got.violations()[0], ("body".to_owned(), "must be an object".to_owned()));
    let got = send(&router, keyed(json(Method::POST, "/v1/books", " ".repeat(101)))).await;
    got.assert_problem(413, "BODY_TOO_LARGE");
    let plain = request(Method::POST, "/v1/books").header(header::CONTENT_TYPE, "text/plain");
    let got = send(&router, keyed(plain.extension("{}".to_owned()))).await;
    got.assert_problem(415, "UNSUPPORTED_MEDIA_TYPE");
    assert!(service.calls().is_empty());
}

#[tokio::test]
async fn what_is_missing_is_told_beside_what_the_service_finds() {
    let mut details = ErrorDetails::with_error_info("INVALID_REQUEST", "careway", HashMap::new());
    details.add_bad_request_violation("book.title", "must not be blank");
    details.add_bad_request_violation("note", "must be one line");
    let refused = Status::with_error_details(Code::InvalidArgument, "not valid", details);
    let service = Service::new([Answer::Status(refused)]);
    let body = r#"{"book": {"credits": [{"pages": 3}]}, "note": "a\nb"}"#;
    let got =
        send(&service.router(), json(Method::POST, "/v1/books", body).header("idempotency-key", KEY)).await;
    got.assert_problem(400, "INVALID_REQUEST");
    let expected = [
        ("book.credits[0].author", "is required"),
        ("book.title", "is required"),
        ("note", "must be one line"),
    ];
    assert_eq!(got.violations(), expected.map(|(field, text)| (field.to_owned(), text.to_owned())));
    let asked = service.only_message("CreateBookRequest");
    assert_eq!(asked, json!({"book": {"credits": [{"pages": 3}]}, "note": "a\nb"}));
}

#[tokio::test]
async fn a_service_that_does_not_look_at_the_fields_is_not_contradicted() {
    let service = Service::new([Answer::Status(Status::permission_denied("not yours"))]);
    let builder = request(Method::POST, "/v1/books").header("idempotency-key", KEY);
    send(&service.router(), builder).await.assert_problem(403, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_key_is_required_and_checked() {
    let service = Service::new([message("CreateBookResponse", json!({}))]);
    let router = service.router();
    let body = json!({"book": {"title": "x"}}).to_string();
    send(&router, json(Method::POST, "/v1/books", &*body))
        .await
        .assert_problem(400, "IDEMPOTENCY_KEY_REQUIRED");
    for wrong in ["short", "\"quoted-but-short\"x y", "0123456789abcdé0123"] {
        let builder = json(Method::POST, "/v1/books", &*body).header("idempotency-key", wrong);
        send(&router, builder).await.assert_problem(400, "MALFORMED_IDEMPOTENCY_KEY");
    }
    let quoted = json(Method::POST, "/v1/books", &*body).header("idempotency-key", format!("\"{KEY}\""));
    assert_eq!(send(&router, quoted).await.status, 201);
    assert_eq!(service.calls()[0].headers["idempotency-key"], KEY);
}

#[tokio::test]
async fn a_patch_needs_its_version_and_fills_the_mask() {
    let service =
        Service::new([message("UpdateBookResponse", json!({"book": {"title": "x", "version": 8}}))]);
    let router = service.router();
    let patch = |body: &str| json(Method::PATCH, "/v1/books/b-1", body);
    send(&router, patch("{}")).await.assert_problem(428, "PRECONDITION_REQUIRED");
    for wrong in ["*", "v7", "\"v7\", \"v8\"", "\"v7", "W/v7"] {
        let got = send(&router, patch("{}").header(header::IF_MATCH, wrong)).await;
        got.assert_problem(400, "MALFORMED_IF_MATCH");
    }
    let got = send(&router, patch(r#"{"shelfMark": null}"#).header(header::IF_MATCH, "\"v7\"")).await;
    assert_eq!(got.headers[header::ETAG], "\"v8\"");
    assert_eq!(service.only_message("UpdateBookRequest"), json!({"id": "b-1", "updateMask": "shelfMark"}));
    assert_eq!(service.calls()[0].headers[header::IF_MATCH], "7");

    let got =
        send(&router, patch(r#"{"title": null, "id": "b-2"}"#).header(header::IF_MATCH, "\"v7\"")).await;
    let expected = [("id", "is given twice"), ("title", "is required")];
    assert_eq!(got.violations(), expected.map(|(field, text)| (field.to_owned(), text.to_owned())));
    let got = send(&router, patch(r#"{"updateMask": "title"}"#).header(header::IF_MATCH, "\"v7\"")).await;
    assert_eq!(got.violations()[0].0, "updateMask");
}

#[tokio::test]
async fn an_etag_that_was_never_given_goes_to_the_service_as_it_is() {
    let service = Service::new([message("UpdateBookResponse", json!({}))]);
    let router = service.router();
    for other in ["\"v07\"", "\"v+7\"", "W/\"v7\"", "\"7\"", "\"v\"", "\"v99999999999\"", "\"\""] {
        let patch = json(Method::PATCH, "/v1/books/b-1", r#"{"shelfMark": "x"}"#);
        assert_eq!(send(&router, patch.header(header::IF_MATCH, other)).await.status, 200);
        assert_eq!(service.calls().last().unwrap().headers[header::IF_MATCH], other);
    }
}

#[tokio::test]
async fn a_patch_that_names_nothing_is_told_what_it_may_name() {
    let service = Service::new([message("UpdateBookResponse", json!({}))]);
    let router = service.router();
    for body in ["{}", ""] {
        let patch = json(Method::PATCH, "/v1/books/b-1", body).header(header::IF_MATCH, "\"v7\"");
        let got = send(&router, patch).await;
        got.assert_problem(400, "INVALID_REQUEST");
        let expected = ("body".to_owned(), "must have at least one of title, shelfMark".to_owned());
        assert_eq!(got.violations(), [expected]);
    }
    let patch = json(Method::PATCH, "/v1/books/b-1", "[]").header(header::IF_MATCH, "\"v7\"");
    assert_eq!(
        send(&router, patch).await.violations(),
        [("body".to_owned(), "must be an object".to_owned())]
    );
    assert!(service.calls().is_empty());
}

#[tokio::test]
async fn a_read_is_answered_304_or_412_by_its_etag() {
    let book = json!({"book": {"title": "Solaris", "version": 7}});
    let service = Service::new([message("GetBookResponse", book)]);
    let router = service.router();
    let read = |name: header::HeaderName, tag: &str| request(Method::GET, "/v1/books/b-1").header(name, tag);
    let got = send(&router, read(header::IF_NONE_MATCH, "\"v6\", W/\"v7\"")).await;
    assert_eq!((got.status.as_u16(), got.body.len()), (304, 0));
    assert_eq!(got.headers[header::ETAG], "\"v7\"");
    for (name, tag) in [(header::IF_NONE_MATCH, "\"v6\""), (header::IF_MATCH, "\"v7\"")] {
        let got = send(&router, read(name, tag)).await;
        assert_eq!((got.status.as_u16(), &got.json()["book"]["title"]), (200, &"Solaris".into()));
    }
    send(&router, read(header::IF_MATCH, "\"v07\"")).await.assert_problem(412, "STALE_VERSION");
    let head = request(Method::HEAD, "/v1/books/b-1").header(header::IF_NONE_MATCH, "*");
    assert_eq!(send(&router, head).await.status, 304);
}

#[tokio::test]
async fn a_number_that_is_none_or_too_large_is_told_so() {
    let service = Service::new([message("ListBooksResponse", json!({}))]);
    let router = service.router();
    for (value, told) in [
        ("ten", "must be a whole number"),
        ("1.5", "must be a whole number"),
        ("", "must be a whole number"),
        ("2147483648", "must be at most 2147483647"),
        ("-2147483649", "must be at least -2147483648"),
    ] {
        let got = send(&router, request(Method::GET, &format!("/v1/books?pageSize={value}"))).await;
        assert_eq!(got.violations(), [("pageSize".to_owned(), told.to_owned())], "{value}");
    }
}

#[tokio::test]
async fn a_patch_may_leave_it_to_the_operation_to_judge_keys_that_it_does_not_know() {
    let service = Service::new([message("UpdateBookResponse", json!({}))]);
    let router = service.router();
    let body = r#"{"shoeSize": {"eu": 42}, "label": "x", "title": null}"#;
    assert_eq!(send(&router, json(Method::PATCH, "/v1/books/b-1/label", body)).await.status, 200);
    let message = service.received("LabelBookRequest");
    assert_eq!(message.get_field_by_name("label").unwrap().as_str(), Some("x"));
    let mask = message.get_field_by_name("update_mask").unwrap();
    let paths = mask.as_message().unwrap().get_field_by_name("paths").unwrap();
    let paths: Vec<_> = paths.as_list().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert_eq!(paths, ["shoeSize", "label", "title"]);

    // What it knows must be right, and a path stays the path's.
    let wrong = r#"{"label": 7, "id": "b-2", "updateMask": ""}"#;
    let got = send(&router, json(Method::PATCH, "/v1/books/b-1/label", wrong)).await;
    let fields: Vec<_> = got.violations().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["updateMask", "label", "id"]);
}

#[tokio::test]
async fn a_body_may_be_one_field() {
    let service = Service::new([message("UpdateBookResponse", json!({}))]);
    let router = service.router();
    let got = send(&router, json(Method::PUT, "/v1/books/b-1?loudly=true", r#"{"title": "x"}"#)).await;
    assert_eq!(got.status, 200);
    let expected = json!({"bookId": "b-1", "book": {"title": "x"}, "loudly": true});
    assert_eq!(service.only_message("ReplaceBookRequest"), expected);
    let got = send(&router, json(Method::PUT, "/v1/books/b-1", r#"{"titel": "x"}"#)).await;
    let fields: Vec<_> = got.violations().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["titel", "title"]);
    let got = send(&router, request(Method::PUT, "/v1/books/b-1?aloud=true")).await;
    let fields: Vec<_> = got.violations().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["aloud", "body"], "the body as a whole is missing");
}

#[tokio::test]
async fn what_is_to_go_says_so_whether_it_answers_or_refuses() {
    let router = Service::new([message("UpdateBookResponse", json!({}))]).router();
    for (body, status) in [(r#"{"title": "x"}"#, 200), (r#"{"titel": "x"}"#, 400)] {
        let got = send(&router, json(Method::PUT, "/v1/books/b-1", body)).await;
        assert_eq!(got.status, status);
        assert_eq!(got.headers["deprecation"], "@1793491200");
        assert_eq!(got.headers["sunset"], "Mon, 01 Nov 2027 00:00:00 GMT");
    }
    let got = send(&router, request(Method::GET, "/v1/books/b-1")).await;
    assert!(got.headers.get("deprecation").is_none() && got.headers.get("sunset").is_none());
}

#[tokio::test]
async fn an_empty_answer_is_204() {
    let service = Service::new([message("LendBookResponse", json!({}))]);
    let got = send(&service.router(), request(Method::POST, "/v1/books/b-1/lend")).await;
    assert_eq!((got.status.as_u16(), got.body.len()), (204, 0));
}

#[tokio::test]
async fn a_command_may_name_the_version_it_is_meant_for() {
    let service = Service::new([
        message("LendBookResponse", json!({})),
        message("LendBookResponse", json!({})),
        message("UpdateBookResponse", json!({"book": {"title": "x", "version": 8}})),
    ]);
    let router = service.router();
    let lend = || request(Method::POST, "/v1/books/b-1/lend");
    assert_eq!(send(&router, lend()).await.status, 204);
    send(&router, lend().header(header::IF_MATCH, "v7")).await.assert_problem(400, "MALFORMED_IF_MATCH");
    assert_eq!(send(&router, lend().header(header::IF_MATCH, "\"v7\"")).await.status, 204);
    let replace = json(Method::PUT, "/v1/books/b-1", r#"{"title": "x"}"#).header(header::IF_MATCH, "\"v7\"");
    assert_eq!(send(&router, replace).await.status, 200);
    let told: Vec<_> =
        service.calls().iter().map(|call| call.headers.get(header::IF_MATCH).cloned()).collect();
    assert_eq!(told, [None, Some("7".parse().unwrap()), None], "only those that listen are told");
}

#[tokio::test]
async fn only_known_metadata_is_forwarded() {
    let service = Service::new([message("LendBookResponse", json!({}))]);
    let builder = request(Method::POST, "/v1/books/b-1/lend")
        .header(header::AUTHORIZATION, "Bearer x")
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .header(header::ACCEPT_LANGUAGE, "ar")
        .header("careway-client-ip", "6.6.6.6")
        .header("idempotency-key", KEY)
        .header("cookie", "a=b")
        .extension(ClientIp(IpAddr::from([203, 0, 113, 9])));
    send(&service.router(), builder).await;
    let headers = &service.calls()[0].headers;
    assert_eq!(headers["careway-client-ip"], "203.0.113.9");
    assert_eq!(headers["authorization"], "Bearer x");
    assert_eq!(headers["accept-language"], "ar");
    assert!(headers.contains_key("traceparent"));
    for absent in ["cookie", "idempotency-key", "if-match", "grpc-timeout"] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
}

//! JSON in and out, against what prost-reflect makes of the same.

use axum::http::Method;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{Service, json, message, request, send};

#[tokio::test]
async fn what_is_unset_is_written_or_not() {
    let service = Service::new([message("GetBookResponse", json!({"book": {"title": "x"}}))]);
    let got = send(&service.router(), request(Method::GET, "/v1/books/x")).await;
    let expected = json!({"book": {
        "title": "x", "credits": [], "readings": "0", "worn": false, "version": 0, "stars": [], "labels": {}, "weight": 0.0,
        "chapters": {}, "price": 0.0,
    }});
    assert_eq!(got.json(), expected);
    assert_eq!(got.headers.get("etag"), None);
}

/// A test is to find it; where clients are served, they get the rest.
#[tokio::test]
async fn an_answer_without_what_every_one_has_is_a_fault() {
    // Of what is asked for in a request, every answer has it too.
    for lacking in [json!({}), json!({"book": {"bookId": "x"}})] {
        let service = Service::new([message("GetBookResponse", lacking)]);
        let got = send(&service.router(), request(Method::GET, "/v1/books/x")).await;
        got.assert_problem(500, "INTERNAL");
    }
}

#[tokio::test]
async fn everything_set_is_printed_in_the_order_of_the_contract() {
    let book = full_book();
    let service = Service::new([message("GetBookResponse", json!({"book": book}))]);
    let got = send(&service.router(), request(Method::GET, "/v1/books/x")).await;
    assert_eq!(got.json()["book"], book);
    let text = String::from_utf8(got.body.to_vec()).unwrap();
    assert!(text.find("\"bookId\"").unwrap() < text.find("\"title\"").unwrap());
    assert!(text.contains("\"price\":0.1,") || text.contains("\"price\":0.1}"), "{text}");
}

fn full_book() -> Value {
    json!({
        "bookId": "b-1", "title": "So\"la\nris ☂", "state": "LENT", "printedAt": "2026-01-31T08:00:00.500Z",
        "credits": [{"author": "Lem", "pages": -3}], "readings": "-9007199254740993", "worn": true, "mark": "",
        "version": 3, "stars": [1, -2], "labels": {"k": "v"}, "loan": "-1.500s", "weight": 1.5,
        "fingerprint": "+/8=", "place": 0, "library": "", "chapters": {"-4": {"author": "x", "pages": 0}}, "price": 0.1,
        "facts": {"pages": 204, "tags": ["sf", null]},
    })
    .as_object_mut()
    .map(|book| {
        book.insert("loan".to_owned(), "-1.5s".into());
        Value::Object(std::mem::take(book))
    })
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What a client writes is what the service reads, and what the service answers is what the client reads.
    #[test]
    fn books_survive_both_ways(book in book()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let answer = json!({"book": book});
            let service = Service::new([message("UpdateBookResponse", answer.clone())]);
            let got = send(&service.router(), json(Method::PUT, "/v1/books/b", book.to_string())).await;
            assert_eq!(got.status, 200, "{got:?}");

            let sent = &service.calls()[0].messages[0];
            let expected = json!({"bookId": "b", "book": book});
            assert_eq!(crate::support::decode("ReplaceBookRequest", sent), crate::support::decode("ReplaceBookRequest", &crate::support::encode("ReplaceBookRequest", expected)));

            let reread = crate::support::encode("UpdateBookResponse", got.json());
            assert_eq!(reread, crate::support::encode("UpdateBookResponse", answer));
        });
    }
}

fn book() -> impl Strategy<Value = Value> {
    let credit =
        ("[a-z]{1,200}", any::<i32>()).prop_map(|(author, pages)| json!({"author": author, "pages": pages}));
    let scalars = (".{1,60}", any::<i64>(), any::<bool>(), any::<i32>(), any::<i32>(), 0_i64..4_000_000_000);
    let lists = (
        prop::collection::vec(credit, 0..4),
        prop::collection::vec(any::<i32>(), 0..40),
        prop::collection::btree_map("[a-z.]{0,5}", ".{0,5}", 0..2),
    );
    let choices = (
        prop::option::of(".{0,9}"),
        prop::option::of("[a-z]{0,9}"),
        prop::collection::vec(any::<u8>(), 0..9),
    );
    (scalars, lists, choices).prop_map(|(scalars, lists, choices)| {
        let (title, readings, worn, version, weight, seconds) = scalars;
        let (credits, stars, labels) = lists;
        let mut book = Map::new();
        let printed_at = format!("2{:03}-01-31T08:00:00.{:03}Z", seconds % 1000, seconds % 1000);
        let mut set = |name: &str, value: Value| book.insert(name.to_owned(), value);
        set("title", title.into());
        set("readings", readings.to_string().into());
        set("worn", worn.into());
        set("version", version.into());
        set("weight", json!(f64::from(weight) / 8.0));
        set("printedAt", printed_at.into());
        set("credits", credits.into());
        set("stars", stars.into());
        set("labels", json!(labels));
        set("loan", format!("{seconds}s").into());
        set("fingerprint", base64(&choices.2).into());
        choices.0.map(|mark| set("mark", mark.into()));
        choices.1.map(|library| set("library", library.into()));
        Value::Object(book)
    })
}

fn base64(bytes: &[u8]) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(bytes)
}

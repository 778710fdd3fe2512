//! The OpenAPI document.

use careway_transcoding::{Settings, Transcoder};
use serde_json::{Value, json};

use crate::support::POOL;

fn document() -> Value {
    let token =
        json!({"post": {"operationId": "issueToken", "responses": {"200": {"description": "A token."}}}});
    let settings = Settings {
        description: "Books.".to_owned(),
        extra_paths: [("/oauth2/token".to_owned(), token)].into_iter().collect(),
        ..Settings::default()
    };
    Transcoder::new(POOL.clone(), settings).unwrap().openapi()
}

#[test]
fn operations_are_described() {
    let document = document();
    // For checkers that read files.
    if let Some(file) = std::env::var_os("CAREWAY_TEST_OPENAPI_FILE") {
        std::fs::write(file, serde_json::to_vec_pretty(&document).unwrap()).unwrap();
    }
    assert!(document["paths"]["/oauth2/token"]["post"].is_object());
    let list = &document["paths"]["/v1/books"]["get"];
    assert_eq!(
        (list["operationId"].as_str(), list["summary"].as_str()),
        (Some("listBooks"), Some("Lists books"))
    );
    assert_eq!(list["description"], "The newest first.\n\nNeeds the permission `books.read`.");
    assert_eq!(list["x-careway-permission"], "books.read");
    assert_eq!(list["security"], json!([{"bearer": []}, {"oauth2": ["books.read"]}]));
    let scopes = &document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"];
    assert!(scopes["books.read"].as_str().unwrap().split(", ").any(|it| it == "listBooks"), "{scopes}");
    let names: Vec<_> =
        list["parameters"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["pageSize", "pageToken", "states", "printedAfter", "shelf.name", "shelf.floor", "worn", "place"]
    );

    let create = &document["paths"]["/v1/books"]["post"];
    let created = &create["responses"]["201"];
    assert!(created["headers"]["Location"].is_object() && created["headers"]["ETag"].is_object());
    let conflict = create["responses"]["409"]["description"].as_str().unwrap();
    assert!(conflict.ends_with("- `TITLE_TAKEN`: another book has this title"), "{conflict}");
    let example = &create["requestBody"]["content"]["application/json"]["example"];
    assert_eq!(example["book"]["credits"], json!([{"author": "Lem"}]));
    assert_eq!(create["parameters"][0]["name"], "Idempotency-Key");

    let book = &document["paths"]["/v1/books/{bookId}"];
    assert_eq!(book["get"]["security"], json!([]));
    assert_eq!(book["patch"]["parameters"][0]["name"], "bookId", "one template, one name");
    assert_eq!(book["patch"]["parameters"][1]["name"], "If-Match");
    assert!(book["patch"]["responses"]["428"].is_object());
    assert_eq!(
        document["paths"]["/v1/shelves/{shelf.name}/books/{bookId}"]["get"]["operationId"],
        "getBook2"
    );
    let lend = &document["paths"]["/v1/books/{bookId}/lend"]["post"];
    assert!(["204", "412"].into_iter().all(|status| lend["responses"][status].is_object()));
    assert_eq!(
        (&lend["parameters"][1]["name"], &lend["parameters"][1]["required"]),
        (&json!("If-Match"), &json!(false))
    );
    assert!(lend["responses"]["428"].is_null());

    let download = &document["paths"]["/v1/scans/{scanId}"]["get"];
    let named = |name: &str| download["parameters"].as_array().unwrap().iter().any(|it| it["name"] == name);
    assert!(["Range", "If-Range", "If-None-Match"].into_iter().all(named), "{download}");
    assert!(["200", "206", "304", "416"].into_iter().all(|status| download["responses"][status].is_object()));
}

#[test]
fn schemas_are_described() {
    let document = document();
    let schemas = &document["components"]["schemas"];
    let book = &schemas["Book"];
    assert_eq!(book["description"], "A book.");
    assert_eq!(book["required"], json!(["title"]));
    assert_eq!(book["properties"]["state"]["enum"], json!(["PRESENT", "LENT"]));
    assert_eq!(book["properties"]["printedAt"]["format"], "date-time");
    assert_eq!(book["properties"]["credits"]["items"]["$ref"], "#/components/schemas/BookCredit");
    assert_eq!(book["properties"]["title"]["examples"], json!(["Solaris"]));
    let update = &schemas["UpdateBookRequest"];
    assert_eq!(update["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["shelfMark", "title"]);
    assert_eq!(update.get("required"), None);
    assert!(schemas.as_object().unwrap().keys().all(|name| !name.contains("HttpBody")));
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(entries) => {
                found.extend(entries.get("$ref").and_then(Value::as_str));
                entries.values().for_each(|value| walk(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    walk(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(document.pointer(&reference[1..]).is_some_and(Value::is_object), "{reference}");
    }
}

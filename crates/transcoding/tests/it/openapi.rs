//! The OpenAPI document.

use careway_transcoding::{Settings, Tag, Transcoder};
use chrono::NaiveDate;
use prost_reflect::DescriptorPool;
use serde_json::{Value, json};

use crate::support::POOL;

/// Three days after the examples' own day.
const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 3, 5).expect("a date");

fn document() -> Value {
    let token =
        json!({"post": {"operationId": "issueToken", "responses": {"200": {"description": "A token."}}}});
    let settings = Settings {
        description: "Books.".to_owned(),
        tags: vec![Tag { name: "OAuth".to_owned(), description: "Tokens.".to_owned() }],
        contact: Some("https://books.example".to_owned()),
        extra_paths: [("/oauth2/token".to_owned(), token)].into_iter().collect(),
        ..Settings::default()
    };
    Transcoder::new(POOL.clone(), settings).unwrap().openapi(TODAY)
}

#[test]
fn operations_are_described() {
    let document = document();
    // For checkers that read files.
    if let Some(file) = std::env::var_os("CAREWAY_TEST_OPENAPI_FILE") {
        std::fs::write(file, serde_json::to_vec_pretty(&document).unwrap()).unwrap();
    }
    assert!(document["paths"]["/oauth2/token"]["post"].is_object());
    assert_eq!(document["info"]["license"]["identifier"], "Apache-2.0");
    assert_eq!(document["info"]["contact"]["url"], "https://books.example");
    let shelf = json!({"name": "Shelf", "description": "Books on a shelf."});
    assert_eq!(document["tags"], json!([{"name": "OAuth", "description": "Tokens."}, shelf]));
    let replace = &document["paths"]["/v1/books/{bookId}"]["put"];
    assert_eq!(replace["deprecated"], true);
    assert!(replace["description"].as_str().unwrap().contains("gone from 2027-11-01 on"), "{replace}");
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

    assert_eq!(list["parameters"][0]["schema"]["minimum"], 0);
    assert_eq!(list["parameters"][2]["schema"]["maxItems"], 2);

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
    let names = ["bookId", "shelf.name", "shelf.floor", "If-Match", "If-None-Match"];
    let parameters = book["get"]["parameters"].as_array().unwrap();
    assert_eq!(parameters.iter().map(|it| it["name"].as_str().unwrap()).collect::<Vec<_>>(), names);
    assert!(["304", "412"].into_iter().all(|status| book["get"]["responses"][status].is_object()));
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
    assert_eq!(lend["requestBody"]["required"], true, "nobody lends nothing");

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
    // Of an answer whatever cannot be absent is there; of a request what must be given.
    let there =
        ["title", "credits", "readings", "worn", "version", "stars", "labels", "weight", "chapters", "price"];
    assert_eq!(book["required"], json!(there));
    assert_eq!(schemas["BookInput"]["required"], json!(["title"]));
    assert_eq!(
        schemas["BookInput"]["properties"]["credits"]["items"]["$ref"],
        "#/components/schemas/BookCreditInput"
    );
    assert_eq!(schemas["GetBookResponse"]["required"], json!(["book"]));
    assert_eq!(schemas["CreateBookResponse"].get("required"), None);
    assert_eq!(book["properties"]["state"]["enum"], json!(["PRESENT", "LENT"]));
    assert_eq!(book["properties"]["printedAt"]["format"], "date-time");
    assert_eq!(book["properties"]["credits"]["items"]["$ref"], "#/components/schemas/BookCredit");
    assert_eq!(book["properties"]["title"]["examples"], json!(["Solaris"]));
    assert_eq!(book["properties"]["bookId"].get("format"), None);
    assert_eq!(schemas["UploadScanResponse"]["properties"]["scanId"]["format"], "uuid");
    let note = &schemas["CreateBookRequest"]["properties"]["note"];
    assert_eq!((&note["maxLength"], &note["pattern"]), (&json!(100), &json!("^[^\\n]*$")));
    let update = &schemas["UpdateBookRequest"];
    assert_eq!(update["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["shelfMark", "title"]);
    assert_eq!(update.get("required"), None);
    assert!(schemas.as_object().unwrap().keys().all(|name| !name.contains("HttpBody")));
}

#[test]
fn an_example_is_of_one_state_and_of_today() {
    let document = document();
    let created = &document["paths"]["/v1/books"]["post"]["responses"]["201"];
    let example = &created["content"]["application/json"]["example"]["book"];
    assert_eq!(example["title"], "Solaris");
    assert_eq!((&example["version"], &example["printedAt"]), (&json!(1), &json!("2026-03-05T07:00:00Z")));
    assert_eq!((example.get("state"), example.get("bookId")), (None, None), "they need not be there");
    assert_eq!((&example["worn"], &example["stars"]), (&json!(false), &json!([])));
}

#[test]
fn every_example_of_the_contract_fits_its_schema() {
    let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).unwrap();
    let document = Transcoder::new(pool, Settings::default()).unwrap().openapi(TODAY);
    let components = json!({ "schemas": document["components"]["schemas"] });
    let mut examined = 0;
    let mut wrong = Vec::new();
    examples(&document["paths"], "", &mut |at, schema, example| {
        let mut schema = schema.clone();
        schema["components"] = components.clone();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        wrong.extend(
            validator
                .iter_errors(example)
                .map(|error| format!("{at}{}: {error}", error.instance_path().as_str())),
        );
        examined += 1;
    });
    assert!(examined > 400, "{examined} are not all");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every content of the JSON that has a schema and an example of it.
fn examples(value: &Value, at: &str, found: &mut impl FnMut(&str, &Value, &Value)) {
    match value {
        Value::Object(entries) => {
            if let (Some(schema), Some(example)) = (entries.get("schema"), entries.get("example")) {
                found(at, schema, example);
            }
            entries.iter().for_each(|(key, value)| examples(value, &format!("{at} {key}"), found));
        }
        Value::Array(list) => list.iter().for_each(|value| examples(value, at, found)),
        _ => {}
    }
}

#[test]
fn no_schema_has_the_name_of_what_generators_put_into_a_client() {
    let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).unwrap();
    let document = Transcoder::new(pool, Settings::default()).unwrap().openapi(TODAY);
    let schemas = &document["components"]["schemas"];
    assert!(schemas["IdentityApiClient"].is_object());
    for taken in ["ApiClient", "Client", "Configuration", "Error", "Response"] {
        assert!(schemas[taken].is_null(), "{taken}");
    }
}

#[test]
fn any_file_is_the_first_media_type_of_an_upload() {
    let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).unwrap();
    let transcoder = Transcoder::new(pool, Settings::default()).unwrap();
    let text = String::from_utf8(transcoder.openapi_text(TODAY).unwrap()).unwrap();
    let upload = &text[text.find("\"/v1/visits/{visitId}/documents\"").unwrap()..];
    let content = &upload[upload.find("\"requestBody\":{\"content\":{").unwrap()..];
    assert!(
        content.starts_with("\"requestBody\":{\"content\":{\"application/octet-stream\":"),
        "{}",
        &content[..200]
    );
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), transcoder.openapi(TODAY));
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

//! "How can we help?" and the forms behind it, through REST.

use careway_tests::{TestPlatform, accepted, refused};
use serde_json::{Value, json};

use crate::interest_forms::{hire, lead};

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_finds_a_form_and_a_lead_sets_it_anew() {
    let platform = TestPlatform::start().await;
    let lead = lead(&platform).await;
    let agent = hire(&platform, &platform.operator().await, "agent@careway.example", "SUPPORT_AGENT").await;
    let found = accepted(200, agent.get("/v1/case-forms?q=wrong%20price&language=bn")).await;
    assert_eq!(found.text("caseForms.0.topic"), "appointments");
    assert_eq!(found.text("caseForms.0.title"), "অ্যাপয়েন্টমেন্ট ও বুকিং");
    assert_eq!(found.at("caseForms.0.schema.properties.bookingId.title"), "বুকিং আইডি");

    let path = "/v1/case-forms/appointments";
    let read = accepted(200, lead.get(path)).await;
    assert_eq!(read.etag(), "\"v1\"");
    assert!(accepted(200, agent.get(path)).await.at("caseForm.definition").is_null());
    let mut definition = read.at("caseForm.definition").clone();
    definition["schema"]["properties"]["bookingId"]["maxLength"] = json!(32);
    refused(428, "PRECONDITION_REQUIRED", lead.put(path, definition.clone())).await;
    refused(403, "PERMISSION_DENIED", agent.put(path, definition.clone()).if_match("\"v1\"")).await;
    let second = accepted(200, lead.put(path, definition.clone()).if_match("\"v1\"")).await;
    assert_eq!((second.etag(), second.at("caseForm.version").as_i64()), ("\"v2\"", Some(2)));
    refused(412, "STALE_VERSION", lead.put(path, definition.clone()).if_match("\"v1\"")).await;
    let first = accepted(200, agent.get(&format!("{path}?formVersion=1"))).await;
    assert_eq!(first.at("caseForm.schema.properties.bookingId.maxLength"), 64);

    definition["schema"]["properties"]["bookingId"] = json!({"$ref": "https://elsewhere.example/schema"});
    let refusal = refused(400, "INVALID_REQUEST", lead.put(path, definition).if_match("\"v2\"")).await;
    let fields: Vec<_> =
        refusal.list("violations").iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert!(fields.iter().all(|field| *field == "schema") && !fields.is_empty(), "{fields:?}");
    refused(404, "NOT_FOUND", lead.get("/v1/case-forms/nothing")).await;
    assert_eq!(
        accepted(200, agent.get("/v1/case-forms?q=xyzzy")).await.at("caseForms"),
        &Value::Array(vec![])
    );
}

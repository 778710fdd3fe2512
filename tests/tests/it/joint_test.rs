//! The two systems are tried together, through REST: each step turns green by what was done, on test calendars.

use careway_tests::{Channel, accepted, refused};
use chrono::{Days, Utc};
use serde_json::json;

/// Begins a joint test of the connection at that path, and does all that it is to see; the test.
pub(crate) async fn all_seen(channel: &Channel, path: &str, service: &str) -> String {
    let (editor, agent) = (&channel.editor, &channel.agent);
    let people = json!({"providerPerson": "Ana Pop", "channelPerson": "Ben Ionescu"});
    let begun = accepted(200, editor.post(&format!("{path}/tests"), people)).await;
    let test = begun.text("connection.jointTest.testId").to_owned();
    let sign = format!("{path}/tests/{test}/sign");
    let red = refused(409, "NOT_READY", editor.post(&sign, json!({}))).await;
    assert!(red.body.to_string().contains("STEP_NOT_GREEN:BOOKING"), "nobody signs a red step away");

    let sold = accepted(200, agent.get("/v1/channel/catalogue")).await;
    let tested = sold.list("services").iter().find(|one| one["serviceId"] == service).expect("it is there");
    assert_eq!(tested["test"], json!(true));
    let day = Utc::now().date_naive();
    let availability = format!(
        "/v1/channel/availability?serviceId={service}&from={}T00:00:00Z&to={}T00:00:00Z",
        day + Days::new(7),
        day + Days::new(21)
    );
    let free = accepted(200, agent.get(&availability)).await;
    let slot = |at: usize| json!({"slotId": free.list("slots")[at]["slotId"]});
    let held = accepted(200, agent.post("/v1/channel/holds", slot(0))).await;
    refused(409, "SLOT_HELD", agent.post("/v1/channel/holds", slot(0))).await;
    let requested = json!({
        "holdId": held.text("hold.holdId"), "expectedPrice": free.at("price"),
        "expectedDurationMinutes": free.at("durationMinutes"), "externalId": "GA-TEST-1",
        "patient": {"name": "Test Patient", "phone": "+40721234567"},
    });
    let booked = accepted(201, agent.post("/v1/channel/bookings", requested)).await;
    assert_eq!(booked.at("booking.test"), &json!(true));
    let booking = format!("/v1/channel/bookings/{}", booked.text("booking.bookingId"));
    accepted(200, agent.post(&format!("{booking}/reschedule"), slot(1))).await;
    let reason = json!({"reason": "only a test"});
    accepted(200, agent.post(&format!("{booking}/cancel"), reason)).await;
    for step in ["DURATION_RECEIVED", "SIGNATURE"] {
        let check = format!("{path}/tests/{test}/steps/{step}/check");
        let checked = accepted(200, editor.post(&check, json!({}))).await;
        assert_eq!(checked.at("green"), &json!(true), "{step}");
    }
    let done = editor.post(&format!("{path}/tests/{test}/steps/BOOKING/check"), json!({}));
    refused(400, "INVALID_REQUEST", done).await;

    let read = accepted(200, editor.get(path)).await;
    let steps = read.list("connection.jointTest.steps");
    assert_eq!(steps.len(), 11);
    assert!(steps.iter().all(|step| step["green"] == true), "{steps:?}");
    test
}

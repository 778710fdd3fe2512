//! A call centre books a clinic's appointments through REST: every refusal, both sides' views, and nobody else's.

use std::{collections::BTreeMap, time::Duration};

use careway_gateway::Route;
use careway_tests::{TestPlatform, accepted, refused};
use chrono::{DateTime, Datelike, Days, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    channel_changes::Live,
    channel_connection::{OF_BOOKINGS, examination, nobody_else_sees_it},
};

/// A live connection, and a Monday to book.
struct Monday {
    live: Live,
    path: String,
    /// From nine in Bucharest.
    from: DateTime<Utc>,
}

impl Monday {
    async fn of(platform: &TestPlatform) -> Self {
        let live = Live::of(platform).await;
        let now = platform.clock().now();
        let to_monday = 7 - u64::from(now.weekday().num_days_from_monday());
        let day = now.date_naive() + Days::new(to_monday + 7);
        let availability = format!(
            "/v1/channel/availability?serviceId={}&from={day}T00:00:00Z&to={}T00:00:00Z",
            live.service,
            day + Days::new(1)
        );
        let told = accepted(200, live.channel.agent.get(&availability)).await;
        assert_eq!((told.text("price.amount"), told.at("durationMinutes")), ("149.00", &json!(30)));
        assert_eq!(told.list("slots").len(), 16);
        let from = told.text("slots.0.start").parse().unwrap();
        Self { path: format!("/v1/connections/{}", live.connection), live, from }
    }

    /// The slot so many minutes after nine.
    fn slot(&self, minutes: i64) -> String {
        let start = self.from + TimeDelta::minutes(minutes);
        format!("{}~{}", self.live.service, start.format("%Y%m%dT%H%M%SZ"))
    }

    /// A request to book a slot.
    fn requested(&self, minutes: i64) -> Value {
        json!({
            "slotId": self.slot(minutes), "expectedPrice": {"currency": "RON", "amount": "149.00"},
            "expectedDurationMinutes": 30, "externalId": "GA-1",
            "patient": {"name": "Maria Popescu", "phone": "+40721234567"},
        })
    }

    /// A request to book what is held.
    fn of_hold(&self, hold: &str) -> Value {
        let mut requested = self.requested(0);
        requested["slotId"] = json!("");
        requested["holdId"] = json!(hold);
        requested
    }

    async fn hold(&self, minutes: i64) -> String {
        let held = json!({"slotId": self.slot(minutes)});
        let held = accepted(200, self.live.channel.agent.post("/v1/channel/holds", held)).await;
        held.text("hold.holdId").to_owned()
    }

    async fn booking(&self, minutes: i64) -> String {
        let made = self.live.channel.agent.post("/v1/channel/bookings", self.requested(minutes));
        accepted(201, made).await.text("booking.bookingId").to_owned()
    }
}

const SETTINGS: [(&str, &str); 2] =
    [("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true"), ("CAREWAY_CHANNELS_TIMER_SECONDS", "1")];

#[tokio::test(flavor = "multi_thread")]
async fn a_call_centre_holds_books_moves_and_cancels() {
    let platform = TestPlatform::with(&SETTINGS).await;
    let monday = Monday::of(&platform).await;
    let live = &monday.live;
    let (agent, clinic) = (&live.channel.agent, &live.provider.administrator);
    let (holds, bookings) = ("/v1/channel/holds", "/v1/channel/bookings");

    let held = monday.hold(0).await;
    let twice = refused(409, "SLOT_HELD", agent.post(holds, json!({"slotId": monday.slot(0)}))).await;
    assert!(twice.header("retry-after").is_some(), "it is told when to ask again");
    refused(409, "SLOT_NOT_OFFERED", agent.post(holds, json!({"slotId": monday.slot(15)}))).await;
    let mut wrong = monday.of_hold(&held);
    wrong["expectedPrice"]["amount"] = json!("140.00");
    let changed = refused(409, "PRICE_CHANGED", agent.post(bookings, wrong)).await;
    assert_eq!(changed.text("price"), "RON 149.00");
    let mut wrong = monday.of_hold(&held);
    wrong["expectedDurationMinutes"] = json!(45);
    refused(409, "DURATION_CHANGED", agent.post(bookings, wrong)).await;
    let made = accepted(201, agent.post(bookings, monday.of_hold(&held))).await;
    let own = made.header("location").expect("where it is").to_owned();
    assert_eq!(made.text("booking.state"), "BOOKED");
    refused(409, "HOLD_USED", agent.post(bookings, monday.of_hold(&held))).await;
    refused(409, "SLOT_TAKEN", agent.post(bookings, monday.requested(0))).await;
    let released = monday.hold(30).await;
    accepted(204, agent.post(&format!("{holds}/{released}/release"), json!({}))).await;
    refused(409, "HOLD_RELEASED", agent.post(bookings, monday.of_hold(&released))).await;
    let looked = json!({"slotIds": [monday.slot(0), monday.slot(30)]});
    let looked = accepted(200, agent.post("/v1/channel/availability/lookup", looked)).await;
    let is_available = |at: usize| looked.list("slots")[at]["available"] == true;
    assert!(!is_available(0) && is_available(1));

    // The provider reads it with the patient, and says what becomes of it.
    let front_desk = live.provider.staff(&platform, &["FRONT_DESK"]).await;
    let list = accepted(200, front_desk.get("/v1/bookings")).await;
    assert_eq!(list.text("bookings.0.patient.name"), "Maria Popescu");
    let provided = own.replace("/v1/channel/", "/v1/");
    refused(409, "BOOKING_NOT_PENDING", front_desk.post(&format!("{provided}/confirm"), json!({}))).await;
    refused(409, "BOOKING_NOT_PENDING", front_desk.post(&format!("{provided}/decline"), json!({}))).await;
    refused(409, "BOOKING_NOT_BEGUN", front_desk.post(&format!("{provided}/no-show"), json!({}))).await;
    refused(409, "BOOKING_NOT_BEGUN", front_desk.post(&format!("{provided}/fulfil"), json!({}))).await;
    let moved = json!({"slotId": monday.slot(60)});
    accepted(200, front_desk.post(&format!("{provided}/reschedule"), moved)).await;
    let moved = json!({"slotId": monday.slot(90)});
    accepted(200, agent.post(&format!("{own}/reschedule"), moved)).await;
    let reader = live.provider.staff(&platform, &["CLINICIAN"]).await;
    assert_eq!(accepted(200, reader.get(&provided)).await.at("booking.version"), &json!(3));
    refused(403, "PERMISSION_DENIED", reader.post(&format!("{provided}/cancel"), json!({}))).await;
    let why = json!({"reason": "The patient called it off"});
    let cancelled = accepted(200, agent.post(&format!("{own}/cancel"), why.clone())).await;
    assert_eq!(cancelled.text("booking.endedBy"), "CHANNEL");
    refused(409, "BOOKING_ALREADY_CANCELLED", agent.post(&format!("{own}/cancel"), why.clone())).await;
    refused(409, "BOOKING_ALREADY_CANCELLED", front_desk.post(&format!("{provided}/cancel"), why)).await;

    // A closure, which hits one booking and releases what is held.
    let (hit, held) = (monday.booking(120).await, monday.hold(150).await);
    let closures = format!("/v1/resources/{}/closures", live.doctor);
    let closure = json!({"from": monday.from, "to": monday.from + TimeDelta::hours(4)});
    refused(403, "PERMISSION_DENIED", front_desk.post(&closures, closure.clone())).await;
    let closed = accepted(200, clinic.post(&closures, closure)).await;
    assert_eq!(closed.text("bookings.0.bookingId"), hit);
    refused(409, "HOLD_RELEASED", agent.post(bookings, monday.of_hold(&held))).await;
    let ids = BTreeMap::from([
        ("booking_id", hit.clone()),
        ("hold_id", held),
        ("closure_id", closed.text("closure.closureId").to_owned()),
        ("resource_id", live.doctor.clone()),
        ("connection_id", live.connection.clone()),
        ("service_id", live.service.clone()),
        ("contract_id", live.contract.clone()),
        ("channel_id", live.channel.id.clone()),
    ]);
    let of_bookings = |route: &Route| OF_BOOKINGS.iter().any(|id| route.path.contains(id));
    let asked = nobody_else_sees_it(&platform, &ids, [clinic, agent], of_bookings).await;
    assert!(asked > 25, "only {asked} cells were asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sold_that_is_not_published_or_by_a_connection_that_stands_still() {
    let platform = TestPlatform::with(&SETTINGS).await;
    let monday = Monday::of(&platform).await;
    let live = &monday.live;
    let (agent, clinic) = (&live.channel.agent, &live.provider.administrator);
    let bookings = "/v1/channel/bookings";
    // A second examination that the channel was not told of.
    let (_, unknown) = examination(&live.provider, "US-CAR").await;
    accepted(
        200,
        clinic.put(&format!("{}/services", monday.path), json!({"serviceIds": [live.service, unknown]})),
    )
    .await;
    let slot = json!({"slotId": monday.slot(0).replace(&live.service, &unknown)});
    refused(409, "SERVICE_NOT_PUBLISHED", agent.post("/v1/channel/holds", slot)).await;

    // From now on the provider confirms, and a channel cancels until a month before.
    let examined = accepted(200, clinic.get(&format!("/v1/services/{}", live.service))).await;
    let rules = json!({
        "name": "Abdominal ultrasound", "durationMinutes": 30, "needs": [{"resourceIds": [live.doctor]}],
        "confirmedByProvider": true, "cancellationMinutes": 43200,
    });
    accepted(200, clinic.put(&format!("/v1/services/{}", live.service), rules).if_match(examined.etag()))
        .await;
    let made = accepted(201, agent.post(bookings, monday.requested(0))).await;
    assert_eq!(made.text("booking.state"), "PENDING");
    let own = made.header("location").expect("where it is").to_owned();
    let provided = own.replace("/v1/channel/", "/v1/");
    accepted(200, clinic.post(&format!("{provided}/confirm"), json!({}))).await;
    refused(409, "CANCELLATION_TOO_LATE", agent.post(&format!("{own}/cancel"), json!({}))).await;
    let moved = json!({"slotId": monday.slot(60)});
    refused(409, "CANCELLATION_TOO_LATE", agent.post(&format!("{own}/reschedule"), moved.clone())).await;
    let held = monday.hold(30).await;
    platform.advance(Duration::from_secs(601));
    refused(409, "HOLD_EXPIRED", agent.post(bookings, monday.of_hold(&held))).await;

    accepted(200, clinic.post(&format!("{}/suspend", monday.path), json!({}))).await;
    let holding = json!({"slotId": monday.slot(30)});
    refused(409, "CONNECTION_NOT_LIVE", agent.post("/v1/channel/holds", holding)).await;
    refused(409, "CONNECTION_NOT_LIVE", agent.post(bookings, monday.requested(30))).await;
    refused(409, "CONNECTION_NOT_LIVE", clinic.post(&format!("{provided}/reschedule"), moved)).await;
    assert_eq!(accepted(200, agent.get(&own)).await.text("booking.state"), "BOOKED", "bookings stand");
    accepted(200, clinic.post(&format!("{provided}/cancel"), json!({}))).await;
    let read = agent.get(&own).await.expect("an answer");
    assert_eq!((read.status, read.text("booking.endedBy")), (StatusCode::OK, "PROVIDER"));
}

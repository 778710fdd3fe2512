//! The Actions Center books at a call centre's booking server: it signs in with each request, and is answered in its own format.

use base64::{Engine, engine::general_purpose::STANDARD};
use careway_tests::{Answer, Channel, Request, Rest, TestPlatform, accepted, refused, until};
use chrono::{DateTime, Datelike, Days, TimeDelta, Utc};
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::channel_changes::Live;

const SETTINGS: [(&str, &str); 2] =
    [("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true"), ("CAREWAY_CHANNELS_TIMER_SECONDS", "1")];
const ALL: [&str; 3] = ["catalogue.read", "bookings.make", "bookings.read"];
const USER: &str = "1111111111111111111";

/// The Actions Center, as a channel's client.
struct Center {
    rest: Rest,
    client: String,
    basic: String,
}

impl Center {
    async fn of(platform: &TestPlatform, channel: &Channel, scopes: &[&str]) -> Self {
        let client = json!({"name": "Actions Center", "scopes": scopes});
        let made = accepted(201, channel.administrator.post("/v1/api-clients", client)).await;
        let client = made.text("apiClient.clientId").to_owned();
        let basic = basic(&client, made.text("clientSecret"));
        Self { rest: platform.rest().anybody(), client, basic }
    }

    fn get(&self, method: &str) -> Request {
        self.rest.get(&format!("/actions-center/v3/{method}")).header(AUTHORIZATION, &self.basic)
    }

    fn post(&self, method: &str, body: Value) -> Request {
        let request = self.rest.post(&format!("/actions-center/v3/{method}"), body);
        request.without_key().header(AUTHORIZATION, &self.basic)
    }
}

fn basic(client: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client}:{secret}")))
}

/// A Monday of the live connection, from nine in Bucharest.
struct Monday {
    live: Live,
    from: DateTime<Utc>,
}

impl Monday {
    async fn of(platform: &TestPlatform) -> Self {
        let live = Live::of(platform).await;
        let now = platform.clock().now();
        let day = now.date_naive() + Days::new(14 - u64::from(now.weekday().num_days_from_monday()));
        let availability = format!(
            "/v1/channel/availability?serviceId={}&from={day}T00:00:00Z&to={}T00:00:00Z",
            live.service,
            day + Days::new(1)
        );
        let told = accepted(200, live.channel.agent.get(&availability)).await;
        Self { from: told.text("slots.0.start").parse().expect("an instant"), live }
    }

    fn start(&self, minutes: i64) -> String {
        (self.from + TimeDelta::minutes(minutes)).timestamp().to_string()
    }

    /// The slot so many minutes after nine, as lookups name it.
    fn slot_time(&self, minutes: i64, duration_sec: &str) -> Value {
        json!({
            "service_id": self.live.service, "start_sec": self.start(minutes), "duration_sec": duration_sec,
            "resource_ids": {"party_size": 1}, "confirmation_mode": "CONFIRMATION_MODE_SYNCHRONOUS",
        })
    }

    /// The same as bookings name it.
    fn slot(&self, minutes: i64) -> Value {
        json!({
            "merchant_id": self.live.connection, "service_id": self.live.service,
            "start_sec": self.start(minutes), "duration_sec": "1800",
        })
    }

    fn request(&self, token: &str, minutes: i64) -> Value {
        json!({
            "slot": self.slot(minutes), "idempotency_token": token, "user_information": user(),
            "payment_information": {"prepayment_status": "PREPAYMENT_NOT_PROVIDED"},
        })
    }

    /// The agent's booking at that time.
    async fn agent_books(&self, minutes: i64) -> String {
        let start = self.from + TimeDelta::minutes(minutes);
        let requested = json!({
            "slotId": format!("{}~{}", self.live.service, start.format("%Y%m%dT%H%M%SZ")),
            "expectedPrice": {"currency": "RON", "amount": "149.00"}, "expectedDurationMinutes": 30,
            "patient": {"name": "Ion Ionescu", "phone": "+40721234568"},
        });
        let made = self.live.channel.agent.post("/v1/channel/bookings", requested);
        accepted(201, made).await.text("booking.bookingId").to_owned()
    }
}

fn user() -> Value {
    json!({
        "user_id": USER, "given_name": "Maria", "family_name": "Popescu", "telephone": "+40721234567",
        "email": "maria@example.org",
    })
}

/// Why it was not done, which is an answer.
async fn failure(request: Request) -> (String, Answer) {
    let answer = accepted(200, request).await;
    assert_eq!(answer.at("booking"), &Value::Null);
    (answer.text("booking_failure.cause").to_owned(), answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_actions_center_looks_up_books_moves_and_cancels() {
    let platform = TestPlatform::with(&SETTINGS).await;
    let monday = Monday::of(&platform).await;
    let (live, agent) = (&monday.live, &monday.live.channel.agent);
    let center = Center::of(&platform, &live.channel, &ALL).await;
    for path in ["HealthCheck", "HealthCheck/"] {
        assert!(accepted(200, center.get(path)).await.content.is_empty());
    }

    let slots = [(0, "1800"), (0, "3600"), (15, "1800"), (0, "1800")];
    let slots: Vec<_> =
        slots.into_iter().map(|(minutes, length)| monday.slot_time(minutes, length)).collect();
    let lookup = json!({"merchant_id": live.connection, "slot_time": slots});
    let told = accepted(200, center.post("BatchAvailabilityLookup/", lookup)).await;
    let available = [true, false, false, true].into_iter().zip(&slots);
    let expected: Vec<_> =
        available.map(|(available, slot)| json!({"slot_time": slot, "available": available})).collect();
    assert_eq!(told.body, json!({"slot_time_availability": expected}));

    let token = "13490670332760737439";
    let made = accepted(200, center.post("CreateBooking/", monday.request(token, 0))).await;
    let id = made.text("booking.booking_id").to_owned();
    let expected = json!({"booking": {
        "booking_id": id, "slot": monday.slot(0), "user_information": user(), "status": "CONFIRMED",
    }});
    assert_eq!(made.body, expected);
    let again = accepted(200, center.post("CreateBooking", monday.request(token, 0))).await;
    assert_eq!(again.content, made.content, "the same answer, to the letter");
    let other = center.post("CreateBooking/", monday.request(token, 30));
    refused(422, "IDEMPOTENCY_KEY_REUSED", other).await;
    let read = accepted(200, agent.get(&format!("/v1/channel/bookings/{id}"))).await;
    assert_eq!(read.text("booking.patient.name"), "Maria Popescu");

    // A failure is an answer: the time is free again, and the token is told what it was told.
    let taken = monday.agent_books(60).await;
    let (cause, first) = failure(center.post("CreateBooking/", monday.request("7", 60))).await;
    assert_eq!(cause, "SLOT_UNAVAILABLE");
    accepted(200, agent.post(&format!("/v1/channel/bookings/{taken}/cancel"), json!({}))).await;
    let (_, again) = failure(center.post("CreateBooking/", monday.request("7", 60))).await;
    assert_eq!(again.content, first.content);
    let booked = accepted(200, center.post("CreateBooking/", monday.request("8", 60))).await;
    assert_eq!(booked.text("booking.status"), "CONFIRMED");

    let update = |change: Value| {
        let mut booking = json!({"booking_id": id});
        booking.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        center.post("UpdateBooking/", json!({"booking": booking}))
    };
    let moved = json!({"slot": {"start_sec": monday.start(60), "duration_sec": "1800"}});
    assert_eq!(failure(update(moved)).await.0, "SLOT_UNAVAILABLE");
    let moved = json!({"slot": {"start_sec": monday.start(90), "duration_sec": "1800"}});
    let moved = accepted(200, update(moved)).await;
    assert_eq!((moved.at("booking.slot"), moved.text("booking.status")), (&monday.slot(90), "CONFIRMED"));
    let listed = accepted(200, center.post("ListBookings/", json!({"user_id": USER}))).await;
    let starts: Vec<_> =
        listed.list("bookings").iter().map(|booking| &booking["slot"]["start_sec"]).collect();
    assert_eq!(starts, [&json!(monday.start(60)), &json!(monday.start(90))]);
    accepted(200, update(json!({"status": "CANCELED"}))).await;
    assert_eq!(failure(update(json!({"status": "CANCELED"}))).await.0, "BOOKING_ALREADY_CANCELLED");
    let status = accepted(200, center.post("GetBookingStatus/", json!({"booking_id": id}))).await;
    assert_eq!(status.body, json!({"booking_id": id, "booking_status": "CANCELED"}));

    let feed = async |rest: &Rest, name: &str| {
        let feed = accepted(200, rest.get(&format!("/v1/channel/actions-center/{name}"))).await;
        assert_eq!(feed.text("metadata.processing_instruction"), "PROCESS_AS_COMPLETE");
        feed
    };
    assert_eq!(feed(agent, "merchants").await.text("merchant.0.merchant_id"), live.connection);
    let services = feed(agent, "services").await;
    assert_eq!(services.text("service.0.service_id"), live.service);
    assert_eq!(services.at("service.0.price"), &json!({"price_micros": "149000000", "currency_code": "RON"}));
    let availability = feed(agent, "availability").await;
    let open = availability.list("service_availability.0.availability");
    let is_open = |minutes: i64| open.iter().any(|slot| slot["start_sec"] == monday.start(minutes));
    assert!(is_open(90) && !is_open(60), "as bookings leave it");
    refused(404, "NOT_FOUND", agent.get("/v1/channel/actions-center/weather")).await;

    // To another channel there is none of it.
    let rival = Channel::of(&platform).await;
    let stranger = Center::of(&platform, &rival, &ALL).await;
    let lookup = json!({"merchant_id": live.connection, "slot_time": slots});
    let hidden = [
        ("BatchAvailabilityLookup/", lookup),
        ("CreateBooking/", monday.request("9", 120)),
        ("UpdateBooking/", json!({"booking": {"booking_id": id, "status": "CANCELED"}})),
        ("GetBookingStatus/", json!({"booking_id": id})),
    ];
    for (method, body) in hidden {
        refused(404, "NOT_FOUND", stranger.post(method, body)).await;
    }
    let listed = accepted(200, stranger.post("ListBookings/", json!({"user_id": USER}))).await;
    assert_eq!(listed.list("bookings"), [] as [Value; 0]);
    assert_eq!(feed(&rival.agent, "merchants").await.list("merchant"), [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_sign_in_is_told_how() {
    let platform = TestPlatform::with(&SETTINGS).await;
    let channel = Channel::of(&platform).await;
    let mut center = Center::of(&platform, &channel, &["catalogue.read"]).await;
    let challenged = async |reason: &str, request: Request| {
        let answer = refused(401, reason, request).await;
        assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Basic ")));
    };
    accepted(200, center.get("HealthCheck/")).await;
    challenged("TOKEN_REQUIRED", platform.rest().anybody().get("/actions-center/v3/HealthCheck/")).await;
    let with = |authorization: &str| center.get("HealthCheck/").header(AUTHORIZATION, authorization);
    challenged("INVALID_CLIENT", with(&basic(&center.client, "wrong"))).await;
    challenged("INVALID_CLIENT", with(&basic("nobody", "wrong"))).await;
    challenged("TOKEN_REJECTED", with("Basic ***")).await;
    challenged("TOKEN_REJECTED", with("Bearer abc")).await;
    // Elsewhere nobody signs in so.
    let elsewhere = platform.rest().anybody().get("/v1/channel/catalogue");
    refused(401, "TOKEN_REQUIRED", elsewhere.header(AUTHORIZATION, &center.basic)).await;

    let status = json!({"booking_id": center.client});
    let forbidden = refused(403, "PERMISSION_DENIED", center.post("GetBookingStatus/", status)).await;
    assert_eq!(forbidden.text("permission"), "bookings.read");
    refused(400, "INVALID_REQUEST", center.post("BatchAvailabilityLookup/", json!([]))).await;

    // A client that is deleted is let in no more, though its token was known.
    accepted(204, channel.administrator.delete(&format!("/v1/api-clients/{}", center.client))).await;
    until("the client is not let in", async || {
        Ok((center.get("HealthCheck/").await?.status == 401).then_some(()))
    })
    .await
    .expect("it becomes so");
    challenged("INVALID_CLIENT", center.get("HealthCheck/")).await;
    center = Center::of(&platform, &channel, &["catalogue.read"]).await;
    accepted(200, center.get("HealthCheck/")).await;
}

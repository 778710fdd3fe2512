//! What the Actions Center asks of the service, and a clinic with two channels that it asks about.

use std::collections::BTreeMap;

use actions_center_booking::Status as BookingStatus;
use actions_center_confirmation::Mode;
use actions_center_failure::Cause;
use careway_contract::channels::v1::{actions_center_service_client::ActionsCenterServiceClient, *};
use careway_kernel::Clock;
use careway_service::Upstream;
use careway_testing::Person;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::Value;
use tonic::Status;

use crate::{
    booking_story::{at, text},
    booking_world::{Examination, Opening, World},
    test_channels::TestChannels,
};

/// By which the Actions Center knows who books.
pub(crate) const USER: &str = "1111111111111111111";

impl TestChannels {
    pub(crate) fn actions_center(&self) -> ActionsCenterServiceClient<Upstream> {
        ActionsCenterServiceClient::new(self.upstream())
    }

    pub(crate) async fn create(
        &self,
        person: &Person,
        request: CreateActionsCenterBookingRequest,
    ) -> Result<CreateActionsCenterBookingResponse, Status> {
        let made = self.actions_center().create_actions_center_booking(self.by(person, request)).await;
        made.map(tonic::Response::into_inner)
    }

    pub(crate) async fn update(
        &self,
        person: &Person,
        booking: ActionsCenterBooking,
    ) -> Result<UpdateActionsCenterBookingResponse, Status> {
        let request = self.by(person, UpdateActionsCenterBookingRequest { booking: Some(booking) });
        let updated = self.actions_center().update_actions_center_booking(request).await;
        updated.map(tonic::Response::into_inner)
    }

    pub(crate) async fn status(&self, person: &Person, booking_id: &str) -> Result<BookingStatus, Status> {
        let request = GetActionsCenterBookingStatusRequest { booking_id: booking_id.to_owned() };
        let told = self.actions_center().get_actions_center_booking_status(self.by(person, request)).await?;
        Ok(told.into_inner().booking_status())
    }

    pub(crate) async fn list(&self, person: &Person, user_id: &str) -> Vec<ActionsCenterBooking> {
        let request = ListActionsCenterBookingsRequest { user_id: user_id.to_owned() };
        let listed = self.actions_center().list_actions_center_bookings(self.by(person, request)).await;
        listed.unwrap().into_inner().bookings
    }

    pub(crate) async fn feed(&self, person: &Person, feed: &str) -> Result<Value, Status> {
        let request = GetActionsCenterFeedRequest { feed: feed.to_owned() };
        let mut pieces = self.actions_center().get_actions_center_feed(self.by(person, request)).await?;
        let mut data = Vec::new();
        while let Some(piece) = pieces.get_mut().message().await? {
            assert_eq!(piece.content_type, "application/json");
            data.extend(piece.data);
        }
        Ok(serde_json::from_slice(&data).unwrap())
    }
}

/// The rows of one kind.
pub(crate) fn stories(kind: &str) -> Vec<Value> {
    let path = format!("{}/../../tests/vectors/channels/formats.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| row["kind"] == kind).collect()
}

fn instants(given: &Value) -> Vec<DateTime<Utc>> {
    given.as_array().unwrap().iter().map(at).collect()
}

/// A resource that is there at these times, and between those of a day.
fn opening(starts: &[DateTime<Utc>], minutes: i64) -> Opening {
    let mut days: BTreeMap<NaiveDate, (DateTime<Utc>, DateTime<Utc>)> = BTreeMap::new();
    for start in starts {
        let end = *start + TimeDelta::minutes(minutes);
        let day = days.entry(start.date_naive()).or_insert((*start, end));
        *day = (day.0.min(*start), day.1.max(end));
    }
    Opening { open: days.into_values().collect(), capacity: 1, notice_minutes: 0 }
}

pub(crate) fn half_an_hour() -> Examination {
    Examination {
        minutes: 30,
        price: "149.00".to_owned(),
        needs: vec![vec!["doctor".to_owned()]],
        ..Default::default()
    }
}

/// The service on the day before the stories.
pub(crate) async fn the_day_before() -> TestChannels {
    TestChannels::run_by(Clock::manual("2027-02-01T12:00:00Z".parse().unwrap())).await
}

/// Two channels of one clinic.
pub(crate) struct Clinic<'a> {
    pub(crate) world: World<'a>,
}

impl<'a> Clinic<'a> {
    /// As a story tells of it: what is taken, a rival has booked.
    pub(crate) async fn of(service: &'a TestChannels, world: &Value) -> Self {
        let (free, taken) = (instants(&world["free"]), instants(&world["taken"]));
        let all: Vec<_> = free.iter().chain(&taken).copied().collect();
        let opening = opening(&all, world["minutes"].as_i64().unwrap());
        let clinic = Self::with(service, opening, text(&world["service"]), half_an_hour()).await;
        for start in taken {
            clinic.rival_books(text(&world["service"]), start).await;
        }
        clinic
    }

    pub(crate) async fn with(
        service: &'a TestChannels,
        opening: Opening,
        name: &str,
        examination: Examination,
    ) -> Self {
        let openings = BTreeMap::from([("doctor".to_owned(), opening)]);
        let examinations = BTreeMap::from([(name.to_owned(), examination)]);
        Self { world: World::of(service, &openings, &examinations, &["center", "rival"]).await }
    }

    pub(crate) async fn rival_books(&self, service: &str, start: DateTime<Utc>) -> String {
        let request = self.world.requested(service, start);
        let request = self.world.service.by(self.rival(), request);
        let made = self.world.service.channel_bookings().create_channel_booking(request).await.unwrap();
        made.into_inner().booking.unwrap().booking_id
    }

    pub(crate) fn center(&self) -> &Person {
        &self.world.channels["center"].0
    }

    pub(crate) fn rival(&self) -> &Person {
        &self.world.channels["rival"].0
    }

    pub(crate) fn merchant(&self) -> String {
        self.world.channels["center"].1.clone()
    }

    /// The examination of this name; a name that the clinic does not know stays what it is.
    pub(crate) fn id(&self, name: &str) -> String {
        self.world.examinations.get(name).map_or_else(|| name.to_owned(), |(id, _)| id.clone())
    }

    pub(crate) fn slot(&self, service: &str, start_sec: i64) -> ActionsCenterSlot {
        ActionsCenterSlot {
            merchant_id: self.merchant(),
            service_id: self.id(service),
            start_sec,
            duration_sec: 1800,
            confirmation_mode: Mode::ConfirmationModeSynchronous.into(),
            ..Default::default()
        }
    }

    pub(crate) fn request(
        &self,
        token: &str,
        service: &str,
        start_sec: i64,
    ) -> CreateActionsCenterBookingRequest {
        CreateActionsCenterBookingRequest {
            slot: Some(self.slot(service, start_sec)),
            user_information: Some(ActionsCenterUser {
                user_id: USER.to_owned(),
                given_name: "Maria".to_owned(),
                family_name: "Popescu".to_owned(),
                telephone: "+40721234567".to_owned(),
                email: "maria@example.org".to_owned(),
            }),
            idempotency_token: token.to_owned(),
            additional_request: "Comes with an interpreter".to_owned(),
        }
    }

    pub(crate) async fn made(&self, token: &str, service: &str, start_sec: i64) -> ActionsCenterBooking {
        let made = self.world.service.create(self.center(), self.request(token, service, start_sec)).await;
        made.unwrap().booking.expect("a booking")
    }
}

pub(crate) fn cause(failure: Option<ActionsCenterFailure>) -> Cause {
    failure.expect("a failure").cause()
}

pub(crate) fn seconds(value: &Value) -> i64 {
    text(value).parse().unwrap()
}

pub(crate) const NINE: &str = "2027-02-02T07:00:00Z";

pub(crate) fn nine() -> i64 {
    NINE.parse::<DateTime<Utc>>().unwrap().timestamp()
}

/// A day from nine on.
pub(crate) fn day(hours: i64, capacity: i32) -> Opening {
    let from: DateTime<Utc> = NINE.parse().unwrap();
    Opening { open: vec![(from, from + TimeDelta::hours(hours))], capacity, notice_minutes: 0 }
}

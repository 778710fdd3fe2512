//! Holds and bookings over gRPC: what the stories of the vectors leave out.

use std::{collections::BTreeMap, time::Duration};

use careway_contract::channels::v1::{booking::State, *};
use careway_kernel::Clock;
use careway_service::{Kind, OrganizationKind};
use careway_testing::{Person, eventually, refusal};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::{
    booking_world::{Examination, World, open_from, timestamp},
    test_channels::TestChannels,
};

pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) async fn service() -> TestChannels {
    TestChannels::run_by(Clock::manual(at("2027-02-01T12:00:00Z"))).await
}

/// Two doctors, one examination that either makes and one that the provider confirms.
pub(crate) async fn world(service: &TestChannels) -> World<'_> {
    let doctors = ["ana", "bogdan"].map(|name| (name.to_owned(), open_from("2027-02-02", 3, 1)));
    let either = Examination {
        minutes: 30,
        price: "150.00".to_owned(),
        needs: vec![vec!["ana".to_owned(), "bogdan".to_owned()]],
        ..Examination::default()
    };
    let confirmed =
        Examination { needs: vec![vec!["bogdan".to_owned()]], confirmed_by_provider: true, ..either.clone() };
    let examinations = BTreeMap::from([("either".to_owned(), either), ("confirmed".to_owned(), confirmed)]);
    World::of(service, &doctors.into(), &examinations, &["line", "web"]).await
}

impl World<'_> {
    pub(crate) fn line(&self) -> &Person {
        &self.channels["line"].0
    }

    pub(crate) async fn book(&self, examination: &str, start: &str) -> Result<Booking, tonic::Status> {
        let requested = self.requested(examination, at(start));
        let request = self.service.by(self.line(), requested);
        let made = self.service.channel_bookings().create_channel_booking(request).await?;
        Ok(made.into_inner().booking.unwrap())
    }

    pub(crate) async fn hold(&self, examination: &str, start: &str) -> Result<Hold, tonic::Status> {
        let request = CreateHoldRequest { slot_id: self.slot(examination, at(start)) };
        let made = self.service.holds().create_hold(self.service.by(self.line(), request)).await?;
        Ok(made.into_inner().hold.unwrap())
    }

    /// The booking as the provider reads it.
    pub(crate) async fn read(&self, id: &str) -> Booking {
        let request = GetBookingRequest { booking_id: id.to_owned() };
        let read = self.service.bookings().get_booking(self.service.by(&self.provider, request)).await;
        read.unwrap().into_inner().booking.unwrap()
    }
}

#[tokio::test]
async fn availability_is_what_is_free_and_at_what_it_is_sold() {
    let service = service().await;
    let world = world(&service).await;
    world.book("either", "2027-02-02T07:00:00Z").await.unwrap();
    world.hold("either", "2027-02-02T07:00:00Z").await.unwrap();
    let ask = |service_id: &str, to: &str| ListAvailabilityRequest {
        service_id: service_id.to_owned(),
        from: Some(timestamp(at("2027-02-02T00:00:00Z"))),
        to: Some(timestamp(at(to))),
    };
    let either = &world.examinations["either"].0;
    let request = service.by(world.line(), ask(either, "2027-02-03T00:00:00Z"));
    let told = service.slots().list_availability(request).await.unwrap().into_inner();
    assert_eq!((told.price.unwrap().amount.as_str(), told.duration_minutes), ("150.00", 30));
    let free: Vec<i32> = told.slots.iter().map(|slot| slot.free).collect();
    assert_eq!(free, [2; 5], "nobody is free at seven, both from half past on");
    assert_eq!(told.slots[0].slot_id, world.slot("either", at("2027-02-02T07:30:00Z")));
    let own = ListServiceSlotsRequest {
        service_id: either.clone(),
        from: Some(timestamp(at("2027-02-02T00:00:00Z"))),
        to: Some(timestamp(at("2027-02-03T00:00:00Z"))),
    };
    let own = service.slots().list_service_slots(service.by(&world.provider, own)).await.unwrap();
    assert_eq!(own.into_inner().slots, told.slots, "the provider sees the same");

    let long = service.by(world.line(), ask(either, "2027-04-01T00:00:00Z"));
    assert_eq!(refusal(service.slots().list_availability(long).await).violations()[0].0, "to");
    let stranger = Person::of(OrganizationKind::Channel, &service.clock);
    let hidden = service.by(&stranger, ask(either, "2027-02-03T00:00:00Z"));
    assert_eq!(refusal(service.slots().list_availability(hidden).await).kind(), Kind::NotFound);
    // One of the doctors is meant.
    let slots = ["ana", "bogdan"].map(|name| {
        let by = &world.resources[name];
        format!("{}~{by}", world.slot("either", at("2027-02-02T07:30:00Z")))
    });
    let of_nobody = world.slot("either", at("2027-02-02T07:00:00Z"));
    let slot_ids = [slots.to_vec(), vec![of_nobody]].concat();
    let request = service.by(world.line(), LookUpSlotsRequest { slot_ids });
    let told = service.slots().look_up_slots(request).await.unwrap().into_inner().slots;
    assert_eq!(told.iter().map(|slot| slot.available).collect::<Vec<_>>(), [true, true, false]);
    let hold = CreateHoldRequest { slot_id: slots[0].clone() };
    service.holds().create_hold(service.by(world.line(), hold.clone())).await.unwrap();
    let twice = service.holds().create_hold(service.by(world.line(), hold)).await;
    assert_eq!(refusal(twice).reason(), "SLOT_HELD", "the other doctor is not meant");
}

#[tokio::test]
async fn both_sides_read_a_booking_and_a_stolen_database_tells_nobody_who_it_is_for() {
    let service = service().await;
    let world = world(&service).await;
    let made = world.book("either", "2027-02-02T08:00:00Z").await.unwrap();
    assert_eq!((made.local_start.as_str(), made.zone.as_str()), ("2027-02-02T10:00", "Europe/Bucharest"));
    assert!(made.resource_ids.is_empty() && !made.clock_changed, "which doctor is the provider's business");
    let read = world.read(&made.booking_id).await;
    assert_eq!(read.patient, made.patient);
    assert_eq!((read.note.as_str(), read.resource_ids.len()), ("Comes with an interpreter", 1));
    let row = sqlx::query(
        "select to_jsonb(b)::text as row, to_jsonb(o)::text as said from booking b, outbox o
        where o.type like '%BookingMade'",
    );
    let row = row.fetch_one(&service.admin).await.unwrap();
    for column in ["row", "said"] {
        let kept: String = row.get(column);
        for secret in ["Popescu", "721234567", "100201", "interpreter"] {
            assert!(!kept.contains(secret), "{column} tells {secret}");
        }
    }
    let audited = async |action: &str| {
        let id = &made.booking_id;
        let rows = format!("select count(*) from audit_entry where action = '{action}' and detail = '{id}'");
        service.count(&rows).await
    };
    assert_eq!((audited("booking.create").await, audited("booking.read").await), (1, 1));

    let request = ListChannelBookingsRequest { external_id: "GA-88231".to_owned(), ..Default::default() };
    let list =
        service.channel_bookings().list_channel_bookings(service.by(world.line(), request.clone())).await;
    assert_eq!(list.unwrap().into_inner().bookings, std::slice::from_ref(&made));
    assert_eq!(audited("booking.list").await, 1, "who looked at a list looked at each of them");
    let others = &world.channels["web"].0;
    let list = service.channel_bookings().list_channel_bookings(service.by(others, request)).await.unwrap();
    assert!(list.into_inner().bookings.is_empty());
    let ends_before = ListBookingsRequest {
        from: Some(timestamp(at("2027-03-02T00:00:00Z"))),
        to: Some(timestamp(at("2027-03-01T00:00:00Z"))),
        ..Default::default()
    };
    let ends_before = service.bookings().list_bookings(service.by(&world.provider, ends_before)).await;
    assert_eq!(refusal(ends_before).violations()[0].0, "to");
    let request = ListBookingsRequest { state: State::Cancelled.into(), ..Default::default() };
    let list = service.bookings().list_bookings(service.by(&world.provider, request)).await.unwrap();
    assert!(list.into_inner().bookings.is_empty());
    let stranger = Person::of(OrganizationKind::Facility, &service.clock);
    let request = GetBookingRequest { booking_id: made.booking_id.clone() };
    let hidden = service.bookings().get_booking(service.by(&stranger, request)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let request = CancelBookingRequest { booking_id: made.booking_id, ..Default::default() };
    let hidden = service.bookings().cancel_booking(service.by(&stranger, request)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
}

#[tokio::test]
async fn everything_wrong_with_a_request_is_told_at_once() {
    let service = service().await;
    let world = world(&service).await;
    let mut requested = world.requested("either", at("2027-02-02T08:00:00Z"));
    requested.hold_id = requested.slot_id.clone();
    requested.slot_id = "tomorrow".to_owned();
    requested.expected_price.as_mut().unwrap().amount = "much".to_owned();
    requested.expected_duration_minutes = 0;
    let patient = requested.patient.as_mut().unwrap();
    (patient.phone, patient.birth_date) = ("0721 234 567".to_owned(), "May".to_owned());
    let refused =
        service.channel_bookings().create_channel_booking(service.by(world.line(), requested)).await;
    let refused = refusal(refused);
    let fields: Vec<&str> = refused.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "holdId",
            "slotId",
            "expectedPrice.amount",
            "expectedDurationMinutes",
            "patient.phone",
            "patient.birthDate"
        ]
    );
    let neither = CreateChannelBookingRequest {
        slot_id: String::new(),
        ..world.requested("either", at("2027-02-02T08:00:00Z"))
    };
    let neither = service.channel_bookings().create_channel_booking(service.by(world.line(), neither)).await;
    assert_eq!(refusal(neither).violations()[0].0, "slotId");
}

#[tokio::test]
async fn a_booking_moves_to_a_slot_or_a_hold_of_its_examination() {
    let service = service().await;
    let world = world(&service).await;
    let booked = world.book("either", "2027-02-02T07:00:00Z").await.unwrap().booking_id;
    let held = world.hold("either", "2027-02-02T09:00:00Z").await.unwrap().hold_id;
    let foreign = world.hold("confirmed", "2027-02-02T09:30:00Z").await.unwrap().hold_id;
    let to = |hold_id: &str, slot_id: String| RescheduleChannelBookingRequest {
        booking_id: booked.clone(),
        hold_id: hold_id.to_owned(),
        slot_id,
    };
    let reschedule = async |request: RescheduleChannelBookingRequest| {
        let request = service.by(world.line(), request);
        let moved = service.channel_bookings().reschedule_channel_booking(request).await?;
        Ok::<_, tonic::Status>(moved.into_inner().booking.unwrap())
    };
    let refused = refusal(reschedule(to(&foreign, String::new())).await);
    assert_eq!(refused.violations()[0].0, "holdId");
    let other = world.slot("confirmed", at("2027-02-02T09:00:00Z"));
    assert_eq!(refusal(reschedule(to("", other)).await).violations()[0].0, "slotId");
    let moved = reschedule(to(&held, String::new())).await.unwrap();
    assert_eq!((moved.version, moved.local_start.as_str()), (2, "2027-02-02T11:00"));
    assert_eq!(refusal(reschedule(to(&held, String::new())).await).reason(), "HOLD_USED");
    // Confirmed by the provider, moved by it, and held for nobody else meanwhile.
    let slot_id = world.slot("either", at("2027-02-02T07:30:00Z"));
    let request = RescheduleBookingRequest { booking_id: booked.clone(), slot_id };
    let moved = service.bookings().reschedule_booking(service.by(&world.provider, request)).await.unwrap();
    assert_eq!(moved.into_inner().booking.unwrap().local_start, "2027-02-02T09:30");
    let taken = format!("select count(*) from occupation where booking_id = '{booked}'");
    assert_eq!(service.count(&taken).await, 1);
}

#[tokio::test]
async fn a_connection_holds_fifty_times_and_no_more() {
    let service = service().await;
    let rooms = BTreeMap::from([("room".to_owned(), open_from("2027-02-02", 3, 60))]);
    let examination = Examination {
        minutes: 30,
        price: "150.00".to_owned(),
        needs: vec![vec!["room".to_owned()]],
        ..Examination::default()
    };
    let examinations = BTreeMap::from([("x".to_owned(), examination)]);
    let world = World::of(&service, &rooms, &examinations, &["line"]).await;
    for _ in 0..48 {
        world.hold("x", "2027-02-02T08:00:00Z").await.unwrap();
    }
    // Of many at once two have the last places.
    let at_once = (0..12).map(|_| world.hold("x", "2027-02-02T08:30:00Z"));
    let held = futures::future::join_all(at_once).await;
    assert_eq!(held.iter().filter(|held| held.is_ok()).count(), 2);
    assert_eq!(service.count("select count(*) from hold where state = 'OPEN'").await, 50);
    let one_more = refusal(world.hold("x", "2027-02-02T09:00:00Z").await);
    assert_eq!((one_more.kind(), one_more.reason()), (Kind::Throttled, "HOLD_LIMIT_REACHED"));
    world.book("x", "2027-02-02T09:00:00Z").await.unwrap();
    service.clock.advance(Duration::from_secs(600));
    world.hold("x", "2027-02-02T09:00:00Z").await.unwrap();
    eventually("what is over is cleared away", async || {
        service.count("select count(*) from occupation").await == 2
    })
    .await;
    world.nothing_is_over_capacity().await;
}

#[tokio::test]
async fn a_held_time_is_free_when_its_hold_is_over_and_tells_when_that_is() {
    let service = service().await;
    let world = world(&service).await;
    world.hold("confirmed", "2027-02-02T08:00:00Z").await.unwrap();
    service.clock.advance(Duration::from_secs(60));
    let status = world.hold("confirmed", "2027-02-02T08:00:00Z").await.unwrap_err();
    let wait = tonic_types::StatusExt::get_details_retry_info(&status).unwrap().retry_delay;
    assert_eq!(wait, TimeDelta::minutes(9).to_std().ok());
}

#[tokio::test]
async fn rows_are_their_two_sides_alone_and_what_is_taken_is_seen_by_whoever_may_book() {
    let service = service().await;
    let world = world(&service).await;
    world.book("either", "2027-02-02T07:00:00Z").await.unwrap();
    world.hold("either", "2027-02-02T08:00:00Z").await.unwrap();
    let mut connection = PgConnection::connect(&service.setup.database.url_app).await.unwrap();
    let strangers = [OrganizationKind::Channel, OrganizationKind::Facility]
        .map(|kind| (Person::of(kind, &service.clock), [0, 0, 0, 0]));
    let known = [
        (world.provider.clone(), [1, 1, 2, 4]),
        (world.line().clone(), [1, 1, 2, 2]),
        (world.channels["web"].0.clone(), [0, 0, 2, 2]),
    ];
    for (person, expected) in known.into_iter().chain(strangers) {
        sqlx::query(
            "select set_config('careway.organization', $1, false), set_config('careway.kind', $2, false)",
        )
        .bind(person.organization.to_string())
        .bind(person.kind.as_str())
        .execute(&mut connection)
        .await
        .unwrap();
        let mut seen = Vec::new();
        for table in ["booking", "hold", "occupation", "bookable"] {
            let count = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
            seen.push(sqlx::query_scalar::<_, i64>(count).fetch_one(&mut connection).await.unwrap());
        }
        assert_eq!(seen, expected, "{:?}", person.kind);
    }
}

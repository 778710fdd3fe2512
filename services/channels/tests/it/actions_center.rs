//! What the Actions Center is answered, over gRPC: each story of lookups and tokens, crowds under one token, changes, feeds.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use actions_center_booking::Status as BookingStatus;
use actions_center_failure::Cause;
use careway_contract::channels::v1::*;
use careway_service::{Kind, OrganizationKind, SharedReason};
use careway_testing::{Person, eventually, refusal};
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    actions_center_clinic::{
        Clinic, NINE, USER, cause, day, half_an_hour, nine, seconds, stories, the_day_before,
    },
    booking_story::text,
    booking_world::Examination,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_story_of_lookups() {
    let service = the_day_before().await;
    let stories = stories("lookup");
    assert_eq!(stories.len(), 3);
    for story in stories {
        let clinic = Clinic::of(&service, &story["world"]).await;
        let slot_time = |given: &Value| ActionsCenterSlotTime {
            service_id: clinic.id(text(&given["service_id"])),
            start_sec: seconds(&given["start_sec"]),
            duration_sec: seconds(&given["duration_sec"]),
            ..Default::default()
        };
        let asked = story["request"]["slot_time"].as_array().unwrap().iter().map(slot_time);
        let request =
            LookUpActionsCenterSlotsRequest { merchant_id: clinic.merchant(), slot_time: asked.collect() };
        let request = service.by(clinic.center(), request);
        let told = service.actions_center().look_up_actions_center_slots(request).await.unwrap();
        let expected = story["answer"]["slot_time_availability"].as_array().unwrap().iter();
        let expected: Vec<_> = expected
            .map(|answer| ActionsCenterSlotTimeAvailability {
                slot_time: Some(slot_time(&answer["slot_time"])),
                available: answer["available"].as_bool(),
            })
            .collect();
        assert_eq!(told.into_inner().slot_time_availability, expected, "{}", story["id"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_story_of_tokens() {
    let service = the_day_before().await;
    let stories = stories("token");
    assert_eq!(stories.len(), 2);
    for story in stories {
        let world = &story["world"];
        let clinic = Clinic::of(&service, world).await;
        let mut bookings: BTreeMap<String, String> = BTreeMap::new();
        for step in story["steps"].as_array().unwrap() {
            if let Some(start) = step["cancelTheOneAt"].as_str() {
                let request = ListChannelBookingsRequest::default();
                let request = service.by(clinic.rival(), request);
                let made = service.channel_bookings().list_channel_bookings(request).await.unwrap();
                let start: DateTime<Utc> = start.parse().unwrap();
                let of_then =
                    |booking: &Booking| booking.start.is_some_and(|at| at.seconds == start.timestamp());
                let booking_id = made.into_inner().bookings.into_iter().find(of_then).unwrap().booking_id;
                let cancel = CancelChannelBookingRequest { booking_id, ..Default::default() };
                let cancel = service.by(clinic.rival(), cancel);
                service.channel_bookings().cancel_channel_booking(cancel).await.unwrap();
                continue;
            }
            let given = &step["create"];
            let (token, start) = (text(&given["idempotency_token"]), seconds(&given["start_sec"]));
            let mut request = clinic.request(token, text(&world["service"]), start);
            request.slot.as_mut().unwrap().duration_sec = seconds(&given["duration_sec"]);
            let made = service.create(clinic.center(), request).await.unwrap();
            let answer = match made.booking {
                Some(booking) => {
                    let status = booking.status().as_str_name();
                    let name = text(&step["expect"]["booking"]);
                    let known = bookings.entry(name.to_owned()).or_insert(booking.booking_id.clone());
                    assert_eq!(*known, booking.booking_id, "{}: the same booking", story["id"]);
                    json!({"booking": name, "status": status})
                }
                None => json!({"booking_failure": cause(made.booking_failure).as_str_name()}),
            };
            assert_eq!(answer, step["expect"], "{}: {step}", story["id"]);
        }
        let different: BTreeSet<_> = bookings.values().collect();
        assert_eq!(different.len(), bookings.len(), "each is another");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_under_one_token_books_once_and_is_answered_alike() {
    let service = the_day_before().await;
    let clinic = Clinic::with(&service, day(1, 8), "ultrasound", half_an_hour()).await;
    let request = || service.create(clinic.center(), clinic.request("42", "ultrasound", nine()));
    let answers = join_all((0..16).map(|_| request())).await;
    let first = answers[0].as_ref().unwrap().clone();
    assert!(first.booking.is_some());
    for answer in answers {
        assert_eq!(answer.unwrap(), first, "to the letter");
    }
    assert_eq!(service.list(clinic.center(), USER).await.len(), 1);
    clinic.world.nothing_is_over_capacity().await;

    let mut other = clinic.request("42", "ultrasound", nine() + 1800);
    let reused = refusal(service.create(clinic.center(), other.clone()).await);
    assert!(reused.is(SharedReason::IdempotencyKeyReused), "{reused}");
    // Somebody else's token is another.
    other.slot.as_mut().unwrap().merchant_id = clinic.world.channels["rival"].1.clone();
    assert!(service.create(clinic.rival(), other).await.unwrap().booking.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_moved_cancelled_and_found_again() {
    let service = the_day_before().await;
    let clinic = Clinic::with(&service, day(3, 1), "ultrasound", half_an_hour()).await;
    let center = clinic.center();
    clinic.rival_books("ultrasound", NINE.parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(30)).await;
    let made = clinic.made("1", "ultrasound", nine()).await;
    assert_eq!(
        (made.status(), made.slot.clone()),
        (BookingStatus::Confirmed, Some(clinic.slot("ultrasound", nine())))
    );
    let read = GetChannelBookingRequest { booking_id: made.booking_id.clone() };
    let read = service.channel_bookings().get_channel_booking(service.by(center, read)).await.unwrap();
    let read = read.into_inner().booking.unwrap();
    assert_eq!(read.patient.as_ref().unwrap().name, "Maria Popescu");
    assert_eq!((read.external_id.as_str(), read.note.as_str()), ("1", "Comes with an interpreter"));

    let moved = |start_sec: i64, duration_sec: i64| ActionsCenterBooking {
        booking_id: made.booking_id.clone(),
        slot: Some(ActionsCenterSlot { start_sec, duration_sec, ..Default::default() }),
        ..Default::default()
    };
    let taken = service.update(center, moved(nine() + 1800, 1800)).await.unwrap();
    assert_eq!(cause(taken.booking_failure), Cause::SlotUnavailable);
    let longer = service.update(center, moved(nine() + 3600, 3600)).await.unwrap();
    assert_eq!(cause(longer.booking_failure), Cause::SlotUnavailable);
    assert_eq!(service.list(center, USER).await[0].slot.as_ref().unwrap().start_sec, nine());
    for _ in 0..2 {
        let later = service.update(center, moved(nine() + 3600, 1800)).await.unwrap().booking.unwrap();
        assert_eq!(
            (later.status(), later.slot.unwrap().start_sec),
            (BookingStatus::Confirmed, nine() + 3600)
        );
    }
    let neither = ActionsCenterBooking { booking_id: made.booking_id.clone(), ..Default::default() };
    assert_eq!(refusal(service.update(center, neither.clone()).await).kind(), Kind::Invalid);
    let mut elsewhere = moved(nine() + 5400, 1800);
    elsewhere.slot.as_mut().unwrap().service_id = "0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c31".to_owned();
    assert_eq!(refusal(service.update(center, elsewhere).await).kind(), Kind::Invalid);
    let mut of_another = moved(nine() + 5400, 1800);
    of_another.slot.as_mut().unwrap().merchant_id = clinic.world.channels["rival"].1.clone();
    assert_eq!(refusal(service.update(center, of_another).await).kind(), Kind::NotFound);

    let listed = service.list(center, USER).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].user_information.as_ref().unwrap().user_id, USER);
    assert_eq!(service.list(center, "2").await, []);
    assert_eq!(service.list(clinic.rival(), USER).await, []);
    assert_eq!(service.status(center, &made.booking_id).await.unwrap(), BookingStatus::Confirmed);
    let hidden = service.status(clinic.rival(), &made.booking_id).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let mut cancel = neither;
    cancel.set_status(BookingStatus::Canceled);
    assert_eq!(refusal(service.update(clinic.rival(), cancel.clone()).await).kind(), Kind::NotFound);
    let cancelled = service.update(center, cancel.clone()).await.unwrap();
    assert_eq!(cancelled.booking.unwrap().status(), BookingStatus::Canceled);
    let again = service.update(center, cancel).await.unwrap();
    assert_eq!(cause(again.booking_failure), Cause::BookingAlreadyCancelled);
    assert_eq!(service.list(center, USER).await, []);
    // The same token is told what it was told, wherever the booking stands now.
    assert_eq!(clinic.made("1", "ultrasound", nine()).await, made);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_provider_confirms_and_forbids_it_is_said_so() {
    let service = the_day_before().await;
    let examination =
        Examination { confirmed_by_provider: true, cancellation_minutes: 2 * 1440, ..half_an_hour() };
    let clinic = Clinic::with(&service, day(2, 1), "ultrasound", examination).await;
    let center = clinic.center();
    let made = clinic.made("1", "ultrasound", nine()).await;
    assert_eq!(made.status(), BookingStatus::PendingMerchantConfirmation);
    let mut cancel = ActionsCenterBooking { booking_id: made.booking_id.clone(), ..Default::default() };
    cancel.set_status(BookingStatus::Canceled);
    let late = service.update(center, cancel).await.unwrap();
    assert_eq!(cause(late.booking_failure), Cause::OutsideCancellationWindow);
    let decline = DeclineBookingRequest { booking_id: made.booking_id.clone(), ..Default::default() };
    service.bookings().decline_booking(service.by(&clinic.world.provider, decline)).await.unwrap();
    let status = service.status(center, &made.booking_id).await.unwrap();
    assert_eq!(status, BookingStatus::DeclinedByMerchant);

    let merchants = service.feed(center, "merchants").await.unwrap();
    assert_eq!(merchants["merchant"][0]["merchant_id"], json!(clinic.merchant()));
    assert_eq!(merchants["merchant"][0]["name"], "Clinica");
    let services = service.feed(center, "services").await.unwrap();
    assert_eq!(services["service"][0]["service_id"], json!(clinic.id("ultrasound")));
    assert_eq!(services["service"][0]["price"]["price_micros"], "149000000");
    assert_eq!(services["service"][0]["rules"]["min_advance_online_canceling"], "172800");
    clinic.rival_books("ultrasound", NINE.parse().unwrap()).await;
    let availability = service.feed(center, "availability").await.unwrap();
    let open = availability["service_availability"][0]["availability"].as_array().unwrap();
    let starts: Vec<i64> = open.iter().map(|slot| seconds(&slot["start_sec"])).collect();
    assert_eq!(starts, [nine() + 1800, nine() + 3600, nine() + 5400], "what is taken is not there");
    assert_eq!(open[0]["confirmation_mode"], "CONFIRMATION_MODE_ASYNCHRONOUS");
    // A lookup says of each of them what the feed says.
    let asked = open.iter().map(|slot| ActionsCenterSlotTime {
        service_id: text(&slot["service_id"]).to_owned(),
        start_sec: seconds(&slot["start_sec"]),
        ..Default::default()
    });
    let request =
        LookUpActionsCenterSlotsRequest { merchant_id: clinic.merchant(), slot_time: asked.collect() };
    let told = service.actions_center().look_up_actions_center_slots(service.by(center, request)).await;
    let told = told.unwrap().into_inner().slot_time_availability;
    assert!(told.len() == 3 && told.iter().all(|slot| slot.available == Some(true)));

    // Suspended, it keeps its place, and nothing can be booked.
    let suspend = SuspendConnectionRequest { connection_id: clinic.merchant() };
    service.connections().suspend_connection(service.by(&clinic.world.provider, suspend)).await.unwrap();
    let availability = service.feed(center, "availability").await.unwrap();
    assert_eq!(availability["service_availability"][0]["availability"], json!([]));
    assert_eq!(service.feed(center, "merchants").await.unwrap()["merchant"].as_array().unwrap().len(), 1);
    let stopped = service.create(center, clinic.request("2", "ultrasound", nine() + 1800)).await.unwrap();
    assert_eq!(cause(stopped.booking_failure), Cause::SlotUnavailable);
    assert_eq!(refusal(service.feed(center, "weather").await).kind(), Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_or_anothers_is_no_failure_and_an_old_failure_is_forgotten() {
    let service = the_day_before().await;
    let clinic = Clinic::with(&service, day(2, 1), "ultrasound", half_an_hour()).await;
    let center = clinic.center();
    let mut wrong = clinic.request("", "ultrasound", nine());
    wrong.user_information.as_mut().unwrap().telephone = "0721 234 567".to_owned();
    let wrong = refusal(service.create(center, wrong).await);
    let fields: Vec<_> = wrong.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["user_information.telephone", "idempotency_token"]);
    let stranger = Person::of(OrganizationKind::Channel, &service.clock);
    for person in [&stranger, clinic.rival()] {
        let request = clinic.request("1", "ultrasound", nine());
        assert_eq!(refusal(service.create(person, request).await).kind(), Kind::NotFound);
        let lookup = LookUpActionsCenterSlotsRequest { merchant_id: clinic.merchant(), slot_time: vec![] };
        let told = service.actions_center().look_up_actions_center_slots(service.by(person, lookup)).await;
        assert_eq!(refusal(told).kind(), Kind::NotFound);
    }
    let empty = service.feed(&stranger, "availability").await.unwrap();
    assert_eq!(empty["service_availability"][0]["availability"], json!([]));
    let health = service.by(center, CheckActionsCenterHealthRequest {});
    service.actions_center().check_actions_center_health(health).await.unwrap();
    let health = service.by(&clinic.world.provider, CheckActionsCenterHealthRequest {});
    let refused = service.actions_center().check_actions_center_health(health).await;
    assert_eq!(refusal(refused).kind(), Kind::Forbidden);

    for (token, service_name, start) in [("2", "mri", nine()), ("3", "ultrasound", nine() + 60)] {
        let unknown = service.create(center, clinic.request(token, service_name, start)).await.unwrap();
        assert_eq!(cause(unknown.booking_failure), Cause::SlotUnavailable);
    }
    let far = nine() + 40 * 86_400;
    let failed = service.create(center, clinic.request("4", "ultrasound", far)).await.unwrap();
    assert_eq!(cause(failed.booking_failure), Cause::SlotUnavailable);
    clinic.made("5", "ultrasound", nine()).await;
    let kept = async || {
        let count = sqlx::query_scalar::<_, i64>("select count(*) from actions_center_answer");
        count.fetch_one(&service.admin).await.unwrap()
    };
    assert_eq!(kept().await, 4);
    service.clock.advance(Duration::from_secs(30 * 86_400 + 6 * 3600));
    eventually("failures are forgotten, and no booking that is to come", async || kept().await == 1).await;
    service.clock.advance(Duration::from_secs(86_400));
    eventually("and then the booking", async || kept().await == 0).await;
}

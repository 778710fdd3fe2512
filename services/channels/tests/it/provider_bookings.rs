//! What a provider does with bookings, over gRPC, and what the clock does.

use careway_contract::channels::v1::{booking::State, *};
use careway_service::{Kind, OrganizationKind};
use careway_testing::{Person, eventually, refusal};

use crate::{
    booking_world::timestamp,
    bookings::{HOUR, at, service, world},
};

#[tokio::test]
async fn what_a_provider_confirms_declines_or_forgets() {
    let service = service().await;
    let world = world(&service).await;
    let made = world.book("confirmed", "2027-02-02T07:00:00Z").await.unwrap();
    assert_eq!(made.state(), State::Pending);
    let limit = at("2027-02-02T07:00:00Z");
    assert_eq!(made.confirm_by.unwrap().seconds, limit.timestamp(), "it begins before the day is over");
    let decline =
        DeclineBookingRequest { booking_id: made.booking_id.clone(), reason: "No device".to_owned() };
    let declined = service.bookings().decline_booking(service.by(&world.provider, decline.clone())).await;
    let declined = declined.unwrap().into_inner().booking.unwrap();
    assert_eq!((declined.state(), declined.reason.as_str()), (State::Declined, "No device"));
    let again = service.bookings().decline_booking(service.by(&world.provider, decline)).await;
    assert_eq!(refusal(again).reason(), "BOOKING_NOT_PENDING");
    let cancel = CancelChannelBookingRequest { booking_id: made.booking_id, ..Default::default() };
    let cancel = service.channel_bookings().cancel_channel_booking(service.by(world.line(), cancel)).await;
    assert_eq!(refusal(cancel).reason(), "BOOKING_ALREADY_CANCELLED");

    let forgotten = world.book("confirmed", "2027-02-02T07:00:00Z").await.unwrap();
    service.clock.advance(HOUR * 19);
    eventually("it lapses", async || {
        let read = world.read(&forgotten.booking_id).await;
        read.state() == State::Declined && read.ended_by() == booking::Side::Careway
    })
    .await;
    assert_eq!(service.count("select count(*) from occupation").await, 0);
    assert_eq!(service.said("BookingCancelled").await, 2);
}

#[tokio::test]
async fn what_became_of_it_is_said_when_it_has_begun() {
    let service = service().await;
    let world = world(&service).await;
    let came = world.book("either", "2027-02-02T07:00:00Z").await.unwrap().booking_id;
    let missed = world.book("either", "2027-02-02T07:00:00Z").await.unwrap().booking_id;
    let fulfil = FulfilBookingRequest { booking_id: came };
    let early = service.bookings().fulfil_booking(service.by(&world.provider, fulfil.clone())).await;
    assert_eq!(refusal(early).reason(), "BOOKING_NOT_BEGUN");
    service.clock.advance(HOUR * 20);
    let done = service.bookings().fulfil_booking(service.by(&world.provider, fulfil)).await.unwrap();
    assert_eq!(done.into_inner().booking.unwrap().state(), State::Fulfilled);
    let miss = MarkBookingMissedRequest { booking_id: missed.clone() };
    let done = service.bookings().mark_booking_missed(service.by(&world.provider, miss.clone())).await;
    assert_eq!(done.unwrap().into_inner().booking.unwrap().state(), State::NoShow);
    let again = refusal(service.bookings().mark_booking_missed(service.by(&world.provider, miss)).await);
    assert_eq!((again.reason(), again.fact("state")), ("BOOKING_NOT_OPEN", Some("NO_SHOW")));
    assert_eq!(service.said("BookingChanged").await, 2);

    // Thirteen months later nobody knows any more who it was.
    service.clock.advance(HOUR * 24 * 400);
    eventually("they are erased", async || {
        service.count("select count(*) from booking where patient is not null").await == 0
    })
    .await;
    let read = world.read(&missed).await;
    assert_eq!((&read.patient, read.note.as_str(), read.state()), (&None, "", State::NoShow));
}

#[tokio::test]
async fn a_closure_is_taken_away_again() {
    let service = service().await;
    let world = world(&service).await;
    let resource_id = world.resources["bogdan"].clone();
    let close = CreateClosureRequest {
        resource_id: resource_id.clone(),
        from: Some(timestamp(at("2027-02-02T00:00:00Z"))),
        to: Some(timestamp(at("2027-02-03T00:00:00Z"))),
    };
    let closed = service.closures().create_closure(service.by(&world.provider, close.clone())).await.unwrap();
    let closure_id = closed.into_inner().closure.unwrap().closure_id;
    let shut = world.hold("confirmed", "2027-02-02T08:00:00Z").await;
    assert_eq!(refusal(shut).reason(), "SLOT_NOT_OFFERED");
    let get = GetCalendarRequest { resource_id: resource_id.clone() };
    let read = service.resources().get_calendar(service.by(&world.provider, get)).await.unwrap();
    let calendar = read.into_inner().calendar.unwrap();
    assert_eq!((calendar.version, calendar.closures[0].closure_id.as_str()), (Some(2), closure_id.as_str()));
    let stranger = Person::of(OrganizationKind::Facility, &service.clock);
    let hidden = service.closures().create_closure(service.by(&stranger, close.clone())).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let backwards = CreateClosureRequest { from: close.to, to: close.from, ..close };
    let backwards = service.closures().create_closure(service.by(&world.provider, backwards)).await;
    assert_eq!(refusal(backwards).violations()[0].0, "to");
    let open = DeleteClosureRequest { resource_id, closure_id };
    service.closures().delete_closure(service.by(&world.provider, open.clone())).await.unwrap();
    world.hold("confirmed", "2027-02-02T08:00:00Z").await.unwrap();
    let again = service.closures().delete_closure(service.by(&world.provider, open)).await;
    assert_eq!(refusal(again).kind(), Kind::NotFound);
}

#[tokio::test]
async fn both_sides_list_bookings_whose_clock_is_another_since() {
    let service = service().await;
    let world = world(&service).await;
    let of_bogdan = world.book("confirmed", "2027-02-02T08:00:00Z").await.unwrap();
    let lists = async || {
        let own = ListBookingsRequest { clock_changed: true, ..Default::default() };
        let own = service.bookings().list_bookings(service.by(&world.provider, own)).await.unwrap();
        let theirs = ListChannelBookingsRequest { clock_changed: true, ..Default::default() };
        let theirs = service.channel_bookings().list_channel_bookings(service.by(world.line(), theirs)).await;
        [own.into_inner().bookings, theirs.unwrap().into_inner().bookings]
    };
    assert_eq!(lists().await, [[], []]);
    let resource_id = world.resources["bogdan"].clone();
    let get = GetCalendarRequest { resource_id: resource_id.clone() };
    let read = service.resources().get_calendar(service.by(&world.provider, get)).await.unwrap();
    let calendar = Calendar { zone: "Europe/London".to_owned(), ..read.into_inner().calendar.unwrap() };
    let set = SetCalendarRequest { resource_id, calendar: Some(calendar) };
    service.resources().set_calendar(service.by_at(&world.provider, 1, set)).await.unwrap();
    // A booking that is made by the new clock, and one by a calendar that has not changed.
    world.book("confirmed", "2027-02-02T10:30:00Z").await.unwrap();
    let slot_id = format!("{}~{}", world.slot("either", at("2027-02-02T07:00:00Z")), world.resources["ana"]);
    let by_ana =
        CreateChannelBookingRequest { slot_id, ..world.requested("either", at("2027-02-02T07:00:00Z")) };
    service.channel_bookings().create_channel_booking(service.by(world.line(), by_ana)).await.unwrap();
    for listed in lists().await {
        let ids: Vec<&str> = listed.iter().map(|booking| booking.booking_id.as_str()).collect();
        assert_eq!(ids, [of_bogdan.booking_id.as_str()]);
        assert!(listed[0].clock_changed && listed[0].zone == "Europe/Bucharest");
    }
    let others = ListChannelBookingsRequest { clock_changed: true, ..Default::default() };
    let others = service.by(&world.channels["web"].0, others);
    let others = service.channel_bookings().list_channel_bookings(others).await.unwrap();
    assert_eq!(others.into_inner().bookings, []);
    service.clock.advance(HOUR * 24 * 3);
    assert_eq!(lists().await, [[], []], "what is over is nobody's to decide");
}

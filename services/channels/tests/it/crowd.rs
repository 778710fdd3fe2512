//! Many at once, and a long run of whatever comes: nobody is booked twice, nobody waits for each other, and no instant is
//! over capacity.

use std::collections::BTreeMap;

use careway_contract::channels::v1::{
    channel_booking_service_client::ChannelBookingServiceClient, hold_service_client::HoldServiceClient, *,
};
use careway_kernel::Clock;
use careway_service::{Error, Upstream};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;
use tonic::Request;

use crate::{
    booking_world::{Examination, World, open_from},
    test_channels::TestChannels,
};

/// Who want the same slot.
const CROWD: usize = 200;
/// How often one of them asks.
const TRIES: usize = 20;
/// Commands of the long run, for each round.
const COMMANDS: usize = 100;

/// Small where tests run all the time; by hand, 50 rounds of the crowd and 10,000 commands are a setting away.
fn rounds() -> usize {
    std::env::var("CAREWAY_TEST_ROUNDS").map_or(2, |rounds| rounds.parse().unwrap())
}

fn morning() -> DateTime<Utc> {
    "2027-02-02T07:00:00Z".parse().unwrap()
}

fn examination(minutes: i32, needs: &[&[&str]]) -> Examination {
    let needs = needs.iter().map(|need| need.iter().map(|name| (*name).to_owned()).collect());
    Examination {
        minutes,
        step: Some(5),
        price: "10.00".to_owned(),
        needs: needs.collect(),
        ..Default::default()
    }
}

async fn service() -> TestChannels {
    TestChannels::run_by(Clock::manual(morning() - TimeDelta::days(1))).await
}

/// What somebody is answered in the end. On a slow machine the service has no connection left for a while, and says when to
/// ask again.
async fn answer(upstream: Upstream, requests: Vec<Request<CreateChannelBookingRequest>>) -> String {
    let mut client = ChannelBookingServiceClient::new(upstream);
    let mut answer = String::new();
    for request in requests {
        answer = match client.create_channel_booking(request).await {
            Ok(made) => made.into_inner().booking.unwrap().state().as_str_name().to_owned(),
            Err(refused) => Error::from(refused).reason().to_owned(),
        };
        if answer != "DATABASE_UNAVAILABLE" {
            break;
        }
    }
    answer
}

/// How many were answered what.
async fn asked_at_once(world: &World<'_>, twin: &Upstream, examination: &str) -> BTreeMap<String, usize> {
    let channel = &world.channels["line"].0;
    let mut asking = JoinSet::new();
    for number in 0..CROWD {
        let upstream = if number % 2 == 0 { world.service.upstream() } else { twin.clone() };
        let requested = world.requested(examination, morning());
        let requests = (0..TRIES).map(|_| world.service.by(channel, requested.clone())).collect::<Vec<_>>();
        asking.spawn(answer(upstream, requests));
    }
    let mut answers = BTreeMap::new();
    while let Some(answer) = asking.join_next().await {
        *answers.entry(answer.unwrap()).or_default() += 1;
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_at_once_on_one_slot_and_as_many_win_as_there_are_places() {
    let service = service().await;
    let beside = service.twin().await;
    let twin = &beside.service.upstream;
    for _ in 0..rounds() {
        for (capacity, needs) in [(1, vec![&["a"][..], &["b"][..]]), (3, vec![&["a", "b"][..]])] {
            let rooms = ["a", "b"].map(|name| (name.to_owned(), open_from("2027-02-02", 3, capacity)));
            let examinations = BTreeMap::from([("x".to_owned(), examination(30, &needs))]);
            let world = World::of(&service, &rooms.into(), &examinations, &["line"]).await;
            let places = if needs.len() == 2 { 1 } else { 6 };
            let expected = [("BOOKED".to_owned(), places), ("SLOT_TAKEN".to_owned(), CROWD - places)].into();
            assert_eq!(asked_at_once(&world, twin, "x").await, expected);
            world.nothing_is_over_capacity().await;
        }
    }
}

/// Numbers that look like chance, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }
}

/// What the long run has done so far, as it should be.
#[derive(Default)]
struct Model {
    holds: Vec<String>,
    bookings: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_no_instant_is_over_capacity_and_what_is_refused_has_no_room() {
    let service = service().await;
    let rooms: BTreeMap<_, _> = [("a", 1), ("b", 2), ("c", 3)]
        .map(|(name, places)| (name.to_owned(), open_from("2027-02-02", 4, places)))
        .into();
    let mut examinations = BTreeMap::from([
        ("short".to_owned(), examination(10, &[&["a", "b"]])),
        ("long".to_owned(), examination(45, &[&["b"], &["c"]])),
        ("odd".to_owned(), examination(25, &[&["c"]])),
    ]);
    examinations.get_mut("odd").unwrap().after = 10;
    let world = World::of(&service, &rooms, &examinations, &["line"]).await;
    let names: Vec<&String> = examinations.keys().collect();
    let (mut numbers, mut model) = (Numbers(0x9e37_79b9_7f4a_7c15), Model::default());
    for number in 0..rounds() * COMMANDS {
        let examination = names[numbers.below(names.len())];
        let start = morning() + TimeDelta::minutes(5 * i64::try_from(numbers.below(46)).unwrap());
        command(&world, &mut numbers, &mut model, examination, start).await;
        if number % 50 == 0 {
            world.nothing_is_over_capacity().await;
        }
        if numbers.below(20) == 0 {
            service.clock.advance(std::time::Duration::from_secs(200));
        }
    }
    world.nothing_is_over_capacity().await;
    let kept = "select count(*) from booking b where (b.state = 'BOOKED') <> exists (
        select from occupation o where o.booking_id = b.booking_id)";
    assert_eq!(service.count(kept).await, 0, "what is booked takes its time, and nothing else does");
    let whole = "select count(*) from booking b where b.state = 'BOOKED' and cardinality(b.resource_ids) <> (
        select count(*) from occupation o where o.booking_id = b.booking_id)";
    assert_eq!(service.count(whole).await, 0, "all that it needs");
    assert!(!model.bookings.is_empty() && service.said("BookingMade").await > 10);
}

/// One command; what it is answered agrees with what is looked up before.
async fn command(
    world: &World<'_>,
    numbers: &mut Numbers,
    model: &mut Model,
    examination: &str,
    start: DateTime<Utc>,
) {
    let (service, channel) = (world.service, &world.channels["line"].0);
    let slot_id = world.slot(examination, start);
    let look = service.by(channel, LookUpSlotsRequest { slot_ids: vec![slot_id.clone()] });
    let free = service.slots().look_up_slots(look).await.unwrap().into_inner().slots[0].available;
    let mut bookings = ChannelBookingServiceClient::new(service.upstream());
    let mut holds = HoldServiceClient::new(service.upstream());
    match numbers.below(6) {
        0 | 1 => {
            let requested = service.by(channel, world.requested(examination, start));
            let made = bookings.create_channel_booking(requested).await;
            assert_eq!(made.is_ok(), free, "{slot_id}: {made:?}");
            model.bookings.extend(made.ok().map(|made| made.into_inner().booking.unwrap().booking_id));
        }
        2 => {
            let made = holds.create_hold(service.by(channel, CreateHoldRequest { slot_id })).await;
            let limited =
                made.as_ref().is_err_and(|refused| refused.code() == tonic::Code::ResourceExhausted);
            assert!(limited || made.is_ok() == free, "{made:?}");
            model.holds.extend(made.ok().map(|made| made.into_inner().hold.unwrap().hold_id));
        }
        3 if !model.holds.is_empty() => {
            let hold_id = model.holds.swap_remove(numbers.below(model.holds.len()));
            if numbers.below(2) == 0 {
                holds.release_hold(service.by(channel, ReleaseHoldRequest { hold_id })).await.unwrap();
                return;
            }
            let requested = world.requested(examination, start);
            let requested = CreateChannelBookingRequest { hold_id, slot_id: String::new(), ..requested };
            let made = bookings.create_channel_booking(service.by(channel, requested)).await;
            model.bookings.extend(made.ok().map(|made| made.into_inner().booking.unwrap().booking_id));
        }
        4 if !model.bookings.is_empty() => {
            let booking_id = model.bookings.swap_remove(numbers.below(model.bookings.len()));
            let cancel = CancelChannelBookingRequest { booking_id, ..Default::default() };
            bookings.cancel_channel_booking(service.by(channel, cancel)).await.unwrap();
        }
        5 if !model.bookings.is_empty() => {
            let booking_id = model.bookings[numbers.below(model.bookings.len())].clone();
            let request = RescheduleChannelBookingRequest { booking_id, slot_id, ..Default::default() };
            let moved = bookings.reschedule_channel_booking(service.by(channel, request)).await;
            if free {
                let refused = moved.err().map(|refused| Error::from(refused).reason().to_owned());
                assert!(refused.is_none_or(|reason| reason == "INVALID_REQUEST"), "{examination}");
            }
        }
        _ => {}
    }
}

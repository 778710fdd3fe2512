//! Every story of `bookings.jsonl`, told to the service; what is asked at once is asked of two instances of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use careway_kernel::Clock;
use careway_service::Upstream;
use careway_testing::TestService;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    booking_story::{Story, at, text},
    booking_world::{Examination, Opening, World},
    test_channels::TestChannels,
};

/// How often what is asked at once is asked, where the row says more.
fn rounds() -> u64 {
    std::env::var("CAREWAY_TEST_ROUNDS").map_or(2, |rounds| rounds.parse().unwrap())
}

fn rows() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/channels/bookings.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn openings(world: &Value) -> BTreeMap<String, Opening> {
    let notice = world["rules"]["noticeMinutes"].as_i64().unwrap_or_default();
    let calendars = world["calendars"].as_object().unwrap().iter();
    let opening = |calendar: &Value| Opening {
        open: calendar["open"].as_array().unwrap().iter().map(|pair| (at(&pair[0]), at(&pair[1]))).collect(),
        capacity: calendar["capacity"].as_i64().unwrap_or(1).try_into().unwrap(),
        notice_minutes: notice.try_into().unwrap(),
    };
    calendars.map(|(name, calendar)| (name.clone(), opening(calendar))).collect()
}

fn examinations(world: &Value) -> BTreeMap<String, Examination> {
    let number = |value: &Value| value.as_i64().map(|number| i32::try_from(number).unwrap());
    let anybody = || {
        let first = world["calendars"].as_object().unwrap().keys().next().unwrap();
        json!([[first]])
    };
    let examination = |given: &Value| Examination {
        minutes: number(&given["duration"]).unwrap(),
        step: number(&given["step"]),
        before: number(&given["before"]).unwrap_or_default(),
        after: number(&given["after"]).unwrap_or_default(),
        price: text(&given["price"]).to_owned(),
        needs: serde_json::from_value(given.get("needs").cloned().unwrap_or_else(anybody)).unwrap(),
        confirmed_by_provider: world["rules"]["confirmation"] == "BY_PROVIDER",
        cancellation_minutes: number(&world["rules"]["cancelMinutes"]).unwrap_or_default(),
    };
    let mut all: BTreeMap<String, Examination> = world["services"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, given)| (name.clone(), examination(given)))
        .collect();
    // A connection keeps at least one service.
    let spare = all.values().next().unwrap().clone();
    all.insert("spare".to_owned(), spare);
    all
}

/// Whether it is what was expected: one of several texts, or exactly this.
fn is(expected: &Value, answer: &Value) -> bool {
    match (expected.as_str(), answer.as_str()) {
        (Some(expected), Some(answer)) => expected.split('|').any(|one| one == answer),
        _ => expected == answer,
    }
}

async fn play(service: &TestChannels, twin: &Upstream, row: &Value) {
    let given = &row["world"];
    let channels: Vec<&str> = match given["connections"].as_array() {
        Some(names) => names.iter().map(text).collect(),
        None => vec!["line"],
    };
    // A step may name a channel that the world does not.
    let named = row["steps"].as_array().unwrap().iter().filter_map(|step| step["channel"].as_str());
    let all: BTreeSet<&str> = channels.iter().copied().chain(named).collect();
    let all: Vec<&str> = all.into_iter().collect();
    let world = World::of(service, &openings(given), &examinations(given), &all).await;
    let mut story = Story {
        world,
        twin: twin.clone(),
        holds: BTreeMap::new(),
        bookings: BTreeMap::new(),
        changes: BTreeMap::new(),
        default_channel: channels[0].to_owned(),
    };
    for step in row["steps"].as_array().unwrap() {
        if let Some(at) = step["at"].as_str() {
            let at: DateTime<Utc> = at.parse().unwrap();
            let ahead = (at - service.clock.now()).to_std().unwrap_or(Duration::ZERO);
            service.clock.advance(ahead);
        }
        let answer = match step["together"].as_array() {
            Some(steps) => story.together(steps).await,
            None => story.take(step).await,
        };
        assert!(is(&step["expect"], &answer), "{}: {step} was answered {answer}", row["id"]);
    }
    story.world.nothing_is_over_capacity().await;
}

/// Tells the stories of these kinds. One whose clock begins where another's ended is told to the same service.
async fn tell(kinds: &[&str]) -> usize {
    let mut rows: Vec<Value> = rows().into_iter().filter(|row| kinds.contains(&text(&row["kind"]))).collect();
    rows.sort_by_key(|row| {
        row["steps"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|step| step["at"].as_str().map(str::to_owned))
            .max()
    });
    let mut services: Option<(TestChannels, TestService)> = None;
    for row in &rows {
        let begins = at(&row["steps"][0]["at"]);
        if services.as_ref().is_none_or(|(service, _)| service.clock.now() > begins) {
            end(services.take()).await;
            let service = TestChannels::run_by(Clock::manual(begins)).await;
            let twin = service.twin().await;
            services = Some((service, twin));
        }
        let (service, twin) = services.as_ref().unwrap();
        service.clock.advance((begins - service.clock.now()).to_std().unwrap());
        for _ in 0..row["rounds"].as_u64().unwrap_or(1).min(rounds().max(1)) {
            play(service, &twin.service.upstream, row).await;
        }
    }
    end(services).await;
    rows.len()
}

/// Ends a service and its twin: each has its connections.
async fn end(services: Option<(TestChannels, TestService)>) {
    if let Some((service, twin)) = services {
        careway_service::run::finish(&service.foundation).await;
        careway_service::run::finish(&twin.foundation).await;
    }
}

const KINDS: [&[&str]; 5] = [
    &["race", "pending"],
    &["hold-expiry", "hold", "key"],
    &["price", "duration", "several"],
    &["move", "cancel", "rules-at-booking"],
    &["closing", "places", "not-live", "not-published"],
];

#[test]
fn every_row_is_told() {
    let kinds: BTreeSet<&str> = KINDS.concat().into_iter().collect();
    let rows = rows();
    assert_eq!(rows.len(), 35);
    assert!(rows.iter().all(|row| kinds.contains(text(&row["kind"]))));
}

#[tokio::test(flavor = "multi_thread")]
async fn at_once() {
    assert_eq!(tell(KINDS[0]).await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_and_keys() {
    assert_eq!(tell(KINDS[1]).await, 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn terms() {
    assert_eq!(tell(KINDS[2]).await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes() {
    assert_eq!(tell(KINDS[3]).await, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_side() {
    assert_eq!(tell(KINDS[4]).await, 6);
}

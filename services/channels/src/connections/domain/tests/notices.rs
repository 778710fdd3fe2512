//! Notices: what the stories of prices tell of them, and what those leave out. What is held and booked in the stories is
//! played where bookings are.

use std::collections::BTreeMap;

use careway_kernel::{ChannelNoticeId, Money, ServiceId};
use serde_json::{Value, json};

use super::{
    super::{
        Connection, State,
        item::{Acknowledgement, Item, ItemState, Terms},
        notice::{NoticeKind, NoticeState, PriceChange},
        refusal::ConnectionRefusal,
    },
    world::{TERMS, World},
};
use crate::vectors;

/// A live connection in which everything is sold.
fn selling(services: &[&str]) -> World {
    let given = json!({
        "zone": "Europe/Bucharest", "services": services, "calendars": services, "prices": services,
    });
    let mut world = World::of(&given);
    world.connection.state = State::Live;
    for service in world.names.values() {
        let item = Item { state: ItemState::Published, told: Some(TERMS), ..Item::new() };
        world.connection.items.insert(*service, item);
    }
    world
}

fn price(amount: &str) -> Money {
    Money::parse("RON", amount).unwrap()
}

impl World {
    fn of_channel(&mut self, id: ChannelNoticeId) -> Result<bool, ConnectionRefusal> {
        self.acknowledge(id, Acknowledgement::Channel(Some("RX1".to_owned())))
    }

    fn acknowledge(
        &mut self,
        id: ChannelNoticeId,
        acknowledgement: Acknowledgement,
    ) -> Result<bool, ConnectionRefusal> {
        let notice = self.connection.notices[&id].clone();
        self.connection.acknowledge_notice(&notice, acknowledgement)
    }

    fn tell(&mut self, change: PriceChange) -> Result<Option<ChannelNoticeId>, ConnectionRefusal> {
        let id = self.notice();
        Ok(self.connection.tell_price(id, change, self.now)?.then_some(id))
    }

    fn state(&self, id: ChannelNoticeId) -> NoticeState {
        self.connection.notices[&id].state
    }
}

fn shown(connection: &Connection, service: ServiceId) -> Option<Terms> {
    connection.items[&service].shown()
}

#[test]
fn every_story_of_prices() {
    let rows = vectors::read("bookings.jsonl");
    let stories: Vec<_> = rows.iter().filter(|row| row["kind"] == "price").collect();
    assert_eq!(stories.len(), 3);
    for story in stories {
        let mut world = selling(&["ultrasound"]);
        let service = world.names["ultrasound"];
        let mut changes: BTreeMap<String, PriceChange> = BTreeMap::new();
        let mut sent: BTreeMap<String, ChannelNoticeId> = BTreeMap::new();
        for (at, step) in story["steps"].as_array().unwrap().iter().enumerate() {
            let named = step["change"].as_str().unwrap_or_default();
            let answer = match step["do"].as_str().unwrap() {
                "set_price" => {
                    let version = TERMS.version + 1 + i64::try_from(changes.len()).unwrap();
                    let price = price(step["price"].as_str().unwrap());
                    let change = PriceChange { service, price, version, told: false };
                    changes.insert(step["as"].as_str().unwrap().to_owned(), change);
                    json!("WAITS_FOR_NOTICE")
                }
                "notify" => {
                    let id = world.tell(changes[named]).unwrap().unwrap();
                    sent.insert(named.to_owned(), id);
                    json!("SENT")
                }
                "acknowledge" => acknowledged(&mut world, sent.get(named).copied()),
                "see_price" => json!(shown(&world.connection, service).unwrap().price.amount()),
                _ => continue,
            };
            assert_eq!(answer, step["expect"], "{}, step {at}: {step}", story["id"]);
        }
    }
}

fn acknowledged(world: &mut World, id: Option<ChannelNoticeId>) -> Value {
    let Some(id) = id else { return json!("NOT_FOUND") };
    match world.of_channel(id) {
        Ok(true) => json!("ACKNOWLEDGED"),
        Err(ConnectionRefusal::NoticeSuperseded) => json!("NOTICE_SUPERSEDED"),
        other => panic!("no story tells of {other:?}"),
    }
}

#[test]
fn a_change_has_one_notice_and_none_goes_back() {
    let mut world = selling(&["ultrasound"]);
    let service = world.names["ultrasound"];
    let change = |version, told| PriceChange { service, price: price("165.00"), version, told };
    assert_eq!(world.tell(change(2, true)), Err(ConnectionRefusal::PriceChangeTold));
    assert_eq!(world.tell(change(1, false)), Err(ConnectionRefusal::NoticeSuperseded));
    let id = world.tell(change(2, false)).unwrap().unwrap();
    assert_eq!(world.acknowledge(id, Acknowledgement::System), Ok(false), "prices are the channel's");
    assert_eq!(world.of_channel(id), Ok(true));
    let version = world.connection.version;
    assert_eq!(world.of_channel(id), Ok(true), "and again");
    assert_eq!(world.connection.version, version, "which changes nothing");
}

#[test]
fn a_duration_is_in_force_when_it_is_told_and_stays_when_a_price_is_acknowledged() {
    let mut world = selling(&["ultrasound"]);
    let service = world.names["ultrasound"];
    let change = PriceChange { service, price: price("165.00"), version: 2, told: false };
    let priced = world.tell(change).unwrap().unwrap();
    let (id, now) = (world.notice(), world.now);
    assert!(
        !world.connection.change_duration(id, service, TERMS.minutes, Vec::new(), now),
        "it is no change"
    );
    assert!(world.connection.change_duration(id, service, 60, Vec::new(), now));
    assert_eq!(world.state(id), NoticeState::InForce);
    assert_eq!(world.connection.notices[&id].before, Some(TERMS));
    assert_eq!(shown(&world.connection, service), Some(Terms { minutes: 60, ..TERMS }));
    world.of_channel(priced).unwrap();
    let both = Terms { price: price("165.00"), version: 2, minutes: 60 };
    assert_eq!(shown(&world.connection, service), Some(both));
    world.connection.items.get_mut(&service).unwrap().untick();
    assert!(
        !world.connection.change_duration(world.notice(), service, 45, Vec::new(), now),
        "the channel has it no more"
    );
}

#[test]
fn a_notice_of_a_service_is_in_force_when_both_have_acknowledged_it() {
    let mut world = selling(&["mri", "ultrasound"]);
    let service = world.names["mri"];
    world.connection.tick(&[world.names["ultrasound"]].into()).unwrap();
    world.connection.tick(&world.names.values().copied().collect()).unwrap();
    let (id, grounds) = (world.notice(), world.grounds());
    assert!(world.connection.notify(id, service, &grounds).unwrap());
    assert_eq!(shown(&world.connection, service), None);
    world.acknowledge(id, Acknowledgement::System).unwrap();
    assert_eq!((world.state(id), shown(&world.connection, service)), (NoticeState::Told, None));
    world.of_channel(id).unwrap();
    assert_eq!((world.state(id), shown(&world.connection, service)), (NoticeState::InForce, Some(TERMS)));
}

#[test]
fn what_is_published_is_what_was_told() {
    let mut world = selling(&["mri", "ultrasound"]);
    let service = world.names["mri"];
    world.connection.tick(&[world.names["ultrasound"]].into()).unwrap();
    world.connection.tick(&world.names.values().copied().collect()).unwrap();
    let (id, grounds) = (world.notice(), world.grounds());
    world.connection.notify(id, service, &grounds).unwrap();
    world.of_channel(id).unwrap();
    let dearer = Terms { price: price("990.00"), version: 9, ..TERMS };
    world.offered.get_mut(&service).unwrap().terms = Some(dearer);
    world.settle();
    world.acknowledge(id, Acknowledgement::System).unwrap();
    assert_eq!(shown(&world.connection, service), Some(TERMS), "the channel knows of no other price");
}

#[test]
fn notices_of_a_service_that_is_withdrawn_are_withdrawn() {
    let mut world = selling(&["mri", "ultrasound"]);
    let service = world.names["mri"];
    let change = PriceChange { service, price: price("165.00"), version: 2, told: false };
    let id = world.tell(change).unwrap().unwrap();
    world.offered.get_mut(&service).unwrap().terms = None;
    world.settle();
    assert_eq!(world.connection.items[&service].state, ItemState::Withdrawn);
    assert_eq!((world.state(id), shown(&world.connection, service)), (NoticeState::Withdrawn, None));
    assert_eq!(world.connection.notices[&id].kind, NoticeKind::Price);
    assert_eq!(world.of_channel(id), Err(ConnectionRefusal::NoticeWithdrawn));
    assert_eq!(world.tell(PriceChange { version: 3, ..change }), Ok(None), "it has no channel to tell");
}

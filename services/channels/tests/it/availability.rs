//! Channels are told that they can book at other times than before: of all that happened together, each once.

use std::{collections::BTreeSet, time::Duration};

use careway_contract::channels::v1::*;
use careway_testing::eventually;
use serde_json::{Value, json};

use crate::{
    booking_world::{World, timestamp},
    bookings::{at, service, world},
    receiver::Receiver,
    test_channels::TestChannels,
};

/// Longer than a channel is left alone.
const LATER: Duration = Duration::from_secs(61);

impl TestChannels {
    /// All that was noted by now is put together, and nothing of it waits any more.
    async fn all_is_told(&self) {
        let noted = "select count(*) from availability_change";
        eventually("what is noted is gathered", async || self.count(noted).await == 0).await;
        self.clock.advance(LATER);
        let waits = "select count(*) from availability where service_ids <> '{}'";
        eventually("all is told", async || self.count(waits).await == 0).await;
        self.clock.advance(LATER);
    }
}

impl World<'_> {
    async fn close(&self, resource: &str, from: &str, to: &str) {
        let request = CreateClosureRequest {
            resource_id: self.resources[resource].clone(),
            from: Some(timestamp(at(from))),
            to: Some(timestamp(at(to))),
        };
        let closing = self.service.by(&self.provider, request);
        self.service.closures().create_closure(closing).await.unwrap();
    }
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_change_is_told_once_to_each_channel_whatever_it_meets_and_what_follows_is_told_together() {
    let service = service().await;
    let world = world(&service).await;
    service.all_is_told().await;
    let receiver = Receiver::well().await;
    let types = vec!["careway.channels.v1.AvailabilityChanged".to_owned()];
    let request = CreateWebhookEndpointRequest { url: receiver.url.clone(), types, ..Default::default() };
    service.endpoint_as(world.line(), request).await;
    let before = service.said("AvailabilityChanged").await;

    // Both examinations need him.
    world.close("bogdan", "2027-02-02T08:00:00Z", "2027-02-02T08:30:00Z").await;
    let said = async |times: i64| service.said("AvailabilityChanged").await == before + times;
    eventually("each channel is told", async || said(2).await).await;
    eventually("its system is, too", async || receiver.count() == 1).await;
    let first = receiver.seen()[0].json();
    let data = &first["data"];
    assert_eq!(data["connectionId"], world.channels["line"].1);
    let both = world.examinations.values().map(|(id, _)| id.clone()).collect();
    assert_eq!(names(&data["serviceIds"]), both);
    assert_eq!(
        (&data["from"], &data["to"]),
        (&json!("2027-02-02T08:00:00Z"), &json!("2027-02-02T08:30:00Z"))
    );

    // Who was told just now is not told again for a minute, however much happens.
    let held = world.hold("either", "2027-02-02T07:00:00Z").await.unwrap().hold_id;
    let release = ReleaseHoldRequest { hold_id: held };
    service.holds().release_hold(service.by(world.line(), release)).await.unwrap();
    world.book("confirmed", "2027-02-02T09:00:00Z").await.unwrap();
    let noted = "select count(*) from availability_change";
    eventually("it is gathered", async || service.count(noted).await == 0).await;
    assert!(said(2).await);
    service.clock.advance(LATER);
    eventually("it is told together", async || said(4).await).await;
    eventually("so to its system", async || receiver.count() == 2).await;
    let second = receiver.seen()[1].json();
    assert_eq!(first["subject"], second["subject"]);
    assert_eq!(second["version"].as_i64(), first["version"].as_i64().map(|version| version + 1));
    assert_eq!(
        (&second["data"]["from"], &second["data"]["to"]),
        (&json!("2027-02-02T07:00:00Z"), &json!("2027-02-02T09:30:00Z"))
    );
}

#[tokio::test]
async fn what_nobody_can_book_or_what_is_over_is_told_to_nobody() {
    let service = service().await;
    let world = world(&service).await;
    let suspend = SuspendConnectionRequest { connection_id: world.channels["web"].1.clone() };
    service.connections().suspend_connection(service.by(&world.provider, suspend)).await.unwrap();
    service.all_is_told().await;
    let before = service.said("AvailabilityChanged").await;
    world.close("ana", "2027-02-01T08:00:00Z", "2027-02-01T09:00:00Z").await;
    let noted = "select count(*) from availability_change";
    eventually("it is gathered", async || service.count(noted).await == 0).await;
    world.close("ana", "2027-02-02T08:00:00Z", "2027-02-02T09:00:00Z").await;
    let said = async |times: i64| service.said("AvailabilityChanged").await == before + times;
    eventually("the live one is told", async || said(1).await).await;
    let told = "select count(*) from availability where version > 0 and service_ids <> '{}'";
    assert_eq!(service.count(told).await, 0);
    assert!(said(1).await, "the suspended one is not");

    // An examination that takes otherwise: as far ahead as anybody books.
    service.clock.advance(LATER);
    let (id, _) = &world.examinations["either"];
    let request = SetServiceRequest {
        service_id: id.clone(),
        name: "either".to_owned(),
        duration_minutes: 30,
        step_minutes: Some(15),
        needs: vec![Need { resource_ids: vec![world.resources["ana"].clone()] }],
        ..Default::default()
    };
    service.services().set_service(service.by_at(&world.provider, 1, request)).await.unwrap();
    eventually("it is told of that", async || said(2).await).await;
}

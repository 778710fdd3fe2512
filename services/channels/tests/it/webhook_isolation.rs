//! What one endpoint does to another, and what becomes of messages while one is off. `CAREWAY_TEST_WEBHOOKS=full` plays the vectors
//! in the numbers that they name.

use std::time::Duration;

use careway_contract::{channels::v1::webhook_message::State, visits::v1::VisitAdmitted};
use careway_kernel::Clock;
use careway_service::OrganizationKind;
use careway_testing::{Person, eventually};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    receiver::{Receiver, Reply},
    test_channels::TestChannels,
    webhook_deliveries::{rows, text},
};

/// So many in full, and fewer where many tests run beside this one.
fn scaled(full: &Value, otherwise: usize) -> usize {
    let full = usize::try_from(full.as_u64().unwrap()).unwrap();
    if std::env::var("CAREWAY_TEST_WEBHOOKS").is_ok_and(|asked| asked == "full") {
        full
    } else {
        full.min(otherwise)
    }
}

/// Endpoints of organizations of their own, twenty to each, that all answer so.
async fn endpoints(service: &TestChannels, count: usize, reply: Reply) -> Vec<(Person, Receiver)> {
    let receiver = Receiver::start(move |_| reply).await;
    let mut owners = Vec::new();
    for _ in 0..count.div_ceil(20) {
        owners.push(Person::of(OrganizationKind::Facility, &service.clock));
    }
    for number in 0..count {
        service.endpoint(&owners[number / 20], &receiver.url).await;
    }
    owners.into_iter().map(|owner| (owner, receiver.clone())).collect()
}

/// Every endpoint of these is told of so many events.
async fn tell(service: &TestChannels, owners: &[(Person, Receiver)], events: usize) {
    for (owner, _) in owners {
        let facts = (0..events).map(|_| (VisitAdmitted::default(), (Uuid::now_v7(), 1)));
        service.say_all(facts.collect::<Vec<_>>(), owner.organization, None).await;
    }
}

/// Longer than this test waits for anything: whoever has to wait for a silent endpoint never comes to their turn. The vectors'
/// seconds are of a machine that does nothing else.
const NEVER: (&str, &str) = ("CAREWAY_CHANNELS_ANSWER_SECONDS", "300");

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_does_not_answer_holds_up_no_other() {
    for row in rows("isolation", 4).into_iter().take(3) {
        let service = TestChannels::run_with(Clock::movable(), &[NEVER]).await;
        let replica = service.twin().await;
        let [troubled, quick] = [&row["endpoints"][0], &row["endpoints"][1]];
        let reply = match text(&troubled["behaves"]) {
            // Later than the quick ones have all: then it is seen who waits for whom.
            "200 after 10 s" => Reply::Late(200),
            _ => Reply::Never,
        };
        let troubles = endpoints(&service, scaled(&troubled["endpoints"], 20), reply).await;
        let quicks = endpoints(&service, scaled(&quick["endpoints"], 5), Reply::Status(204)).await;
        tell(&service, &troubles, scaled(&troubled["messages"], 20)).await;
        let receiver = &troubles[0].1;
        eventually("the trouble has begun", async || receiver.count() > 0).await;
        let events = scaled(&quick["messages"], 20);
        tell(&service, &quicks, events).await;
        let expected = events * scaled(&quick["endpoints"], 5);
        eventually("the quick ones have all", async || quicks[0].1.count() >= expected).await;
        assert_eq!(quicks[0].1.count(), expected, "{row}");
        let share = 8 * scaled(&troubled["endpoints"], 20);
        assert!(receiver.most_open() <= share, "{} connections", receiver.most_open());
        if let Reply::Late(_) = reply {
            receiver.release();
            let left = "select count(*) from webhook_delivery where state <> 'DELIVERED'";
            eventually("the late ones are taken too", async || service.count(left).await == 0).await;
        }
        service.foundation.shutdown.cancel();
        replica.foundation.shutdown.cancel();
    }
}

#[tokio::test]
async fn what_happens_while_an_endpoint_is_off_is_sent_once_it_is_on_again() {
    let row = &rows("isolation", 4)[3];
    let service = TestChannels::run().await;
    let (owner, receiver) = (&service.provider, Receiver::well().await);
    let (endpoint, _) = service.endpoint(owner, &receiver.url).await;
    service.disable(owner, &endpoint.endpoint_id).await;
    let events = usize::try_from(row["endpoints"][0]["messages"].as_u64().unwrap()).unwrap();
    let facts = (0..events).map(|_| (VisitAdmitted::default(), (Uuid::now_v7(), 1)));
    service.say_all(facts.collect::<Vec<_>>(), owner.organization, None).await;
    service.all_is_heard().await;
    service.clock.advance(Duration::from_secs(3600));
    eventually("they are held", async || service.messages_in(owner, State::Held).await.len() == events).await;
    assert_eq!(receiver.count(), 0);
    service.enable(owner, &endpoint.endpoint_id).await;
    eventually("all arrive", async || receiver.count() >= events).await;
    eventually("all are taken", async || service.messages_in(owner, State::Delivered).await.len() == events)
        .await;
    let mut ids: Vec<_> = receiver.seen().iter().map(|seen| seen.id().to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), receiver.count()), (events, events), "each once");
}

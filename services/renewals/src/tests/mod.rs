//! What can only be seen from inside: when the sender is woken, what it gives back, answers that come late, and lists in
//! Vietnamese order.

mod participants;
mod queue;
mod receipts;

use careway_contract::visits::v1::PrescriptionIssued;
use careway_events::Received;
use careway_testing::{Leftovers, TestSetup};
use futures::FutureExt;
use prost::{Message, Name};
use uuid::Uuid;

use crate::{
    App, Config, MIGRATOR, NAME,
    messages::{Channel, Event, keep_messages, read},
    open,
};

fn issued(app: &App) -> Received<Event> {
    let event = PrescriptionIssued {
        prescription_id: Uuid::from_u128(1).to_string(),
        member_id: Uuid::from_u128(2).to_string(),
        ..Default::default()
    };
    Received {
        event_id: Uuid::from_u128(3),
        occurred_at: chrono::DateTime::UNIX_EPOCH,
        organization: None,
        also: None,
        aggregate: Uuid::from_u128(1),
        version: 1,
        message: read(&app.contract, &PrescriptionIssued::full_name(), event.encode_to_vec().into()).unwrap(),
    }
}

/// Woken before the commit it would find nothing, and sleep until it looks again.
#[tokio::test(flavor = "multi_thread")]
async fn the_sender_is_woken_after_the_commit_and_not_before() {
    let setup = TestSetup::of(NAME, &MIGRATOR).await;
    let (config, foundation) = setup.build::<Config>().await;
    let _leftovers = Leftovers::of(&setup.prefix, &foundation.shutdown);
    let app = open(config, &foundation).await.unwrap();
    let is_woken = || app.wakes.of(Channel::Sms).notified().now_or_never().is_some();

    let mut rolled_back = app.db.begin_system("tests").await.unwrap();
    keep_messages(&app, &mut rolled_back, issued(&app)).await.unwrap();
    drop(rolled_back);
    assert!(!is_woken());

    let mut tx = app.db.begin_system("tests").await.unwrap();
    keep_messages(&app, &mut tx, issued(&app)).await.unwrap();
    assert!(!is_woken());
    tx.finish().await.unwrap();
    assert!(is_woken());
    foundation.shutdown.cancel();
}

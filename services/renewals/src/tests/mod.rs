//! What can only be seen from inside: when the sender is woken.

use careway_contract::visits::v1::PrescriptionIssued;
use careway_events::Received;
use careway_kernel::Clock;
use careway_service::{Foundation, Settings, run};
use careway_testing::{Leftovers, TestDatabase, TestServers, unique_prefix};
use futures::FutureExt;
use prost::{Message, Name};
use uuid::Uuid;

use crate::{
    App, Config, MIGRATOR, NAME,
    messages::{Event, keep_messages, read},
    open,
};

#[derive(clap::Parser)]
struct Whole {
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    config: Config,
}

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
    let servers = TestServers::from_env();
    let database = TestDatabase::create(NAME, &MIGRATOR).await;
    let prefix = unique_prefix();
    let settings = [
        ("CAREWAY_REDIS_URL", servers.redis.clone()),
        ("CAREWAY_NATS_URL", servers.nats.clone()),
        ("CAREWAY_SERVICE_SECRET", "a secret of the tests, long enough".to_owned()),
        ("CAREWAY_PREFIX", prefix.clone()),
        ("CAREWAY_RENEWALS_DATABASE_URL", database.url_app.clone()),
        ("CAREWAY_RENEWALS_MASTER_KEY", "a master key of the tests, long enough".to_owned()),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value));
    let whole: Whole = run::parse_settings(&settings).unwrap();
    let foundation = Foundation::build(&whole.settings, Clock::movable()).await.unwrap();
    let _leftovers = Leftovers::of(&prefix, &foundation.shutdown);
    let app = open(whole.config, &foundation).await.unwrap();
    let is_woken = || app.wake.notified().now_or_never().is_some();

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

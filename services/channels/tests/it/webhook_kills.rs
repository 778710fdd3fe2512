//! The process is killed while it makes messages of events and while it sends them: all of them come, under the ids that they had.
//! `CAREWAY_TEST_KILLS` says how often; three times unless told.

use std::{collections::BTreeSet, process::Stdio};

use careway_contract::visits::v1::VisitAdmitted;
use careway_service::run;
use careway_testing::{SECRET, TestServers, eventually};
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::{
    receiver::{Receiver, Reply},
    test_channels::TestChannels,
};

const ENDPOINTS: usize = 5;
const EVENTS: usize = 60;

/// The service as a process of its own, on the test's database.
fn process(service: &TestChannels) -> Child {
    let servers = TestServers::from_env();
    Command::new(env!("CARGO_BIN_EXE_careway-channels"))
        .arg("serve")
        .env_clear()
        .envs([
            ("CAREWAY_REDIS_URL", servers.redis.as_str()),
            ("CAREWAY_NATS_URL", &servers.nats),
            ("CAREWAY_PREFIX", &service.setup.prefix),
            ("CAREWAY_SERVICE_SECRET", SECRET),
            ("CAREWAY_DEVELOPMENT", "true"),
            ("CAREWAY_CHANNELS_DATABASE_URL", &service.setup.database.url_app),
            ("CAREWAY_CHANNELS_MASTER_KEY", SECRET),
            ("CAREWAY_CHANNELS_PRIVATE_ADDRESSES", "true"),
            ("CAREWAY_LISTEN", "127.0.0.1:0"),
            ("CAREWAY_OPS_LISTEN", "127.0.0.1:0"),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_it_loses_no_message_and_gives_none_a_second_id() {
    let service = TestChannels::run().await;
    let owner = service.provider.clone();
    let receiver = Receiver::well().await;
    for _ in 0..ENDPOINTS {
        service.endpoint(&owner, &receiver.url).await;
    }
    // From here on the process alone is at work.
    run::finish(&service.foundation).await;
    let kills: usize = std::env::var("CAREWAY_TEST_KILLS").map_or(3, |kills| kills.parse().unwrap());
    let mut said = 0;
    let messages = "select count(*) from webhook_message";
    for kill in 1..=kills {
        // At another moment each time: before the first message is sent, and in the midst of them, while one has no answer.
        let (made, enough) = (service.count(messages).await, receiver.count() + (kill - 1) * 40);
        let came = receiver.clone();
        receiver.behave(move |_| if came.count() > enough { Reply::Never } else { Reply::Status(204) });
        let mut running = process(&service);
        let events = (0..EVENTS).map(|_| (VisitAdmitted::default(), (Uuid::now_v7(), 1)));
        service.say_all(events.collect::<Vec<_>>(), owner.organization, None).await;
        said += EVENTS;
        eventually("it is at work", async || match kill % 2 {
            0 => receiver.count() > enough,
            _ => service.count(messages).await > made,
        })
        .await;
        running.kill().await.unwrap();
    }
    receiver.behave(|_| Reply::Status(204));
    let _running = process(&service);
    let left = "select count(*) from webhook_delivery where state <> 'DELIVERED'";
    eventually("all are delivered", async || {
        // The leases of the dead are over: the minute that this takes has passed.
        let passed = "with passed as (update webhook_turn set leased_until = now()
            where leased_until < now() + interval '50 seconds' returning 1) select count(*) from passed";
        service.count(passed).await;
        let made = service.count("select count(*) from webhook_delivery").await;
        made == i64::try_from(said * ENDPOINTS).unwrap() && service.count(left).await == 0
    })
    .await;
    let seen = receiver.seen();
    let ids: BTreeSet<_> = seen.iter().map(|seen| seen.id().to_owned()).collect();
    assert_eq!(ids.len(), said, "an id for each event, however often it came");
    assert!(seen.len() >= said * ENDPOINTS);
    let again = seen.len() - said * ENDPOINTS;
    assert!(again <= kills * ENDPOINTS * 32, "{again} came again");
}

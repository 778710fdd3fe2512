//! What only the inside shows: how tries are counted that overtake each other on their way to Redis.

use careway_testing::{TestServers, unique_prefix};

use crate::throttle::SCRIPT;

#[tokio::test]
async fn tries_that_overtake_each_other_do_not_wait_while_they_are_free() {
    let redis = redis::Client::open(TestServers::from_env().redis).unwrap();
    let patient = redis::AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let mut redis = redis.get_multiplexed_async_connection_with_config(&patient).await.unwrap();
    let key = format!("{}throttle", unique_prefix());
    let mut wait = async |now: u64| -> u64 {
        let mut call = SCRIPT.arg(now);
        call.key(&key).arg(4).arg(1_000).arg(60_000).arg(60_000);
        call.invoke_async(&mut redis).await.unwrap()
    };
    // Many sign in from one address, and each looks at the clock before Redis hears of it.
    assert_eq!((wait(50_000).await, wait(49_990).await, wait(49_995).await), (0, 0, 0));
    // The fourth is the last free one.
    assert_eq!((wait(50_001).await, wait(50_000).await, wait(50_501).await), (0, 1_001, 500));
    assert_eq!(wait(51_001).await, 0);
}

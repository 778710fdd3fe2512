//! What commands on cases cost in round trips to Postgres: a limit that holds.

use std::cell::Cell;

use careway_contract::cases::v1::*;
use careway_testing::{FaultProxy, eventually};

use crate::test_cases::TestCases;

#[tokio::test]
async fn every_command_takes_four_round_trips() {
    let (proxy, setup) =
        TestCases::setup().await.with("CAREWAY_CASES_TIMER_SECONDS", "3600").behind_a_proxy().await;
    let cases = TestCases::of(setup).await;
    let mut fewest = [u64::MAX; 8];
    for round in 0..20 {
        let mut spent = [0; 8];
        let begun = quiet(&proxy).await;
        let case = cases.open(&cases.tanvir, &format!("Round {round}")).await;
        spent[0] = proxy.round_trips() - begun;
        let id = &*case.case_id;
        let begun = quiet(&proxy).await;
        cases.say(&cases.grace, id, "Hello").await.unwrap();
        spent[1] = proxy.round_trips() - begun;
        let begun = quiet(&proxy).await;
        cases.wait_for(&cases.grace, id).await.unwrap();
        spent[2] = proxy.round_trips() - begun;
        let begun = quiet(&proxy).await;
        cases.solve(&cases.grace, id).await.unwrap();
        spent[3] = proxy.round_trips() - begun;
        let begun = quiet(&proxy).await;
        cases.assign(&cases.grace, id, &cases.grace).await.unwrap();
        spent[4] = proxy.round_trips() - begun;
        let message = cases.messages(&cases.grace, id).await.remove(0);
        let redact = RedactCaseMessageRequest {
            case_id: id.to_owned(),
            message_id: message.message_id,
            reason: "Named a patient".to_owned(),
        };
        let begun = quiet(&proxy).await;
        cases.client().redact_case_message(cases.by(&cases.paul, redact)).await.unwrap();
        spent[5] = proxy.round_trips() - begun;
        let begun = quiet(&proxy).await;
        cases.close(&cases.tanvir, id, "").await.unwrap();
        spent[6] = proxy.round_trips() - begun;
        let begun = quiet(&proxy).await;
        cases.follow_up(&cases.tanvir, id).await.unwrap();
        spent[7] = proxy.round_trips() - begun;
        for (fewest, spent) in fewest.iter_mut().zip(spent) {
            *fewest = (*fewest).min(spent);
        }
    }
    assert!(fewest.iter().all(|spent| *spent <= 4), "begin, lock, keep, commit: {fewest:?}");
}

/// The count once the relay has published what went before; the feeds' questions are few, and the fewest of several tries has
/// none.
pub(crate) async fn quiet(proxy: &FaultProxy) -> u64 {
    let last = Cell::new(u64::MAX);
    eventually("Postgres is left alone", async || last.replace(proxy.round_trips()) == proxy.round_trips())
        .await;
    last.get()
}

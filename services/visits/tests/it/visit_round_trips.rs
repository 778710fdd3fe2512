//! What a visit's commands cost in round trips to Postgres: a limit that holds.

use std::cell::Cell;

use careway_testing::{FaultProxy, eventually, key};

use crate::{
    fake_identity::CODE,
    test_visits::{TestVisits, gold},
};

#[tokio::test]
async fn the_commands_of_a_visit_keep_to_their_round_trips() {
    let (proxy, setup) = TestVisits::counting_round_trips().await;
    let service = TestVisits::of(setup, gold()).await;
    service.member("UM-100200", "1199070012345601").await;
    let mut fewest = [u64::MAX; 4];
    for _ in 0..20 {
        let mut spent = Vec::new();
        let begun = quiet(&proxy).await;
        let visit = service.started("UM-100200").await;
        spent.push(proxy.round_trips() - begun);
        let begun = quiet(&proxy).await;
        service.verify(&service.facility, &key(), &visit.visit_id, CODE).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        let begun = quiet(&proxy).await;
        service.admit(&visit.visit_id, "OUTPATIENT").await.unwrap();
        spent.push(proxy.round_trips() - begun);
        let begun = quiet(&proxy).await;
        service.discharge(&visit.visit_id).await;
        spent.push(proxy.round_trips() - begun);
        for (fewest, spent) in fewest.iter_mut().zip(spent) {
            *fewest = (*fewest).min(spent);
        }
    }
    // Start and verify ask before they ask identity: one trip. Then, as everywhere: begin, what there is to do, commit.
    assert_eq!(fewest, [1 + 3, 1 + 4, 4, 4], "start, verify, admit, discharge");
}

#[tokio::test]
async fn a_member_is_covered_in_four_round_trips() {
    let (proxy, setup) = TestVisits::counting_round_trips().await;
    let service = TestVisits::of(setup, gold()).await;
    let mut fewest = u64::MAX;
    for member in 0..20 {
        let number = format!("UM-1003{member:02}");
        let id = service.identity.register(
            service.payer.organization,
            &number,
            &format!("11990700123456{member:02}"),
        );
        service.heard_of(id, &number).await;
        let begun = quiet(&proxy).await;
        service.cover_for_long(&number).await;
        fewest = fewest.min(proxy.round_trips() - begun);
    }
    assert_eq!(fewest, 4, "what there is, begin, insert, commit");
}

/// The count once the relay has published what went before. What it says later than that is in some of the tries, and not in
/// the fewest.
pub(crate) async fn quiet(proxy: &FaultProxy) -> u64 {
    let last = Cell::new(u64::MAX);
    eventually("Postgres is left alone", async || last.replace(proxy.round_trips()) == proxy.round_trips())
        .await;
    last.get()
}

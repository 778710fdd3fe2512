//! What renewing costs in round trips to Postgres: a limit that holds.

use std::cell::Cell;

use careway_testing::{FaultProxy, eventually};

use crate::{
    test_items::{FIRST, renewing},
    test_people::{TestPeople, made},
};

#[tokio::test]
async fn a_renewal_and_its_undoing_take_four_round_trips() {
    let (proxy, setup) = TestPeople::counting_round_trips().await;
    let people = TestPeople::of(setup).await;
    people.set_salary().await;
    let mut fewest = [u64::MAX; 2];
    for n in 0..20 {
        let item = people.due(made(&format!("79364918{n:02}"))).await;
        let begun = quiet(&proxy).await;
        people.renew(&people.agency, renewing(&[&item], FIRST, &format!("BL-{n}"))).await.unwrap();
        let renewed = proxy.round_trips() - begun;
        let begun = quiet(&proxy).await;
        people.undo(&people.authority, &item).await.unwrap();
        for (fewest, spent) in fewest.iter_mut().zip([renewed, proxy.round_trips() - begun]) {
            *fewest = (*fewest).min(spent);
        }
    }
    assert_eq!(fewest, [4, 4], "begin, lock with all that decides, write, commit");
}

/// The count once the relay has published what went before. What it says later than that is in some of the tries, and not in
/// the fewest.
pub(crate) async fn quiet(proxy: &FaultProxy) -> u64 {
    let last = Cell::new(u64::MAX);
    eventually("Postgres is left alone", async || last.replace(proxy.round_trips()) == proxy.round_trips())
        .await;
    last.get()
}

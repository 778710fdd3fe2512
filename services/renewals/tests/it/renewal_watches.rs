//! Watching renewals, over gRPC: at once, in order, and nothing is missed over a lost connection.

use std::time::{Duration, Instant};

use careway_contract::renewals::v1::{watch_renewals_response::Change, *};
use careway_service::Error;
use careway_testing::{Person, refusal};
use tonic::Streaming;

use crate::{
    test_items::{FIRST, renewing},
    test_people::{TestPeople, made},
};

impl TestPeople {
    async fn watch(&self, by: &Person, after: &str) -> Result<Streaming<WatchRenewalsResponse>, Error> {
        let request = WatchRenewalsRequest { last_event_id: after.to_owned(), ..Default::default() };
        Ok(self.renewals().watch_renewals(self.by(by, request)).await?.into_inner())
    }
}

async fn next(stream: &mut Streaming<WatchRenewalsResponse>) -> WatchRenewalsResponse {
    let message = tokio::time::timeout(Duration::from_secs(180), stream.message()).await;
    message.expect("a change").unwrap().expect("the stream goes on")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authority_sees_a_renewal_at_once_and_what_it_missed_when_it_comes_back() {
    let people = TestPeople::with_salary().await;
    let (one, two) = (people.due(made("7936491863")).await, people.due(made("7936491871")).await);
    let mut authority = people.watch(&people.authority, "").await.unwrap();
    let mut agency = people.watch(&people.agency, "").await.unwrap();
    let mut strangers = [
        people.watch(&people.second_agency, "").await.unwrap(),
        people.watch(&people.other_authority, "").await.unwrap(),
    ];

    people.renew(&people.agency, renewing(&[&one], FIRST, "BL-1")).await.unwrap();
    let answered = Instant::now();
    let seen = next(&mut authority).await;
    assert!(answered.elapsed() < Duration::from_secs(10), "{:?}", answered.elapsed());
    let renewal = seen.renewal.as_ref().unwrap();
    assert_eq!((seen.change(), &*seen.event_id, &*renewal.renewal_id), (Change::Renewed, "1", &*one));
    assert_eq!(renewal.contribution.as_ref().unwrap().receipt_number, "BL-1");
    assert_eq!(next(&mut agency).await, seen);

    // The connection is lost, and life goes on.
    drop(authority);
    people.undo(&people.authority, &one).await.unwrap();
    people.renew(&people.agency, renewing(&[&two], FIRST, "BL-2")).await.unwrap();
    let mut back = people.watch(&people.authority, "1").await.unwrap();
    let missed = [next(&mut back).await, next(&mut back).await];
    let told: Vec<_> = missed.iter().map(|change| (&*change.event_id, change.change())).collect();
    assert_eq!(told, [("2", Change::Undone), ("3", Change::Renewed)]);
    for stranger in &mut strangers {
        let silent = tokio::time::timeout(Duration::from_millis(600), stranger.message()).await;
        assert!(silent.is_err(), "others' renewals are nobody else's business");
    }
    for wrong in ["x", "-1"] {
        let refused = refusal(people.watch(&people.authority, wrong).await.map(|_| ()));
        assert_eq!(refused.violations()[0].0, "lastEventId");
    }
}

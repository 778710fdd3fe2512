//! Requests that end at any point: whatever was acknowledged is there, and asked again under the same key there is one
//! claim, one answer, and a ledger that adds up.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use careway_contract::visits::v1::{Claim, ReviewClaimRequest, Visit, claim::State};
use careway_service::Error;
use careway_testing::{FaultProxy, key};

use crate::{
    claim_calls::{input, line, payer_part},
    test_visits::TestVisits,
};

/// Runs a request for so many polls and drops it then, wherever it is; its answer if it was quicker.
async fn dropped_after<T>(polls: usize, request: impl Future<Output = T>) -> Option<T> {
    let (mut request, mut left) = (pin!(request), polls);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        request.as_mut().poll(context).map(Some)
    })
    .await
}

/// Asks until there is an answer: what was cut may still be going on, or be waited for.
async fn until_answered<F: Future<Output = Result<Claim, Error>>>(mut ask: impl FnMut() -> F) -> Claim {
    for _ in 0..200 {
        match ask().await {
            Ok(claim) => return claim,
            Err(error)
                if matches!(
                    error.reason(),
                    "IDEMPOTENCY_KEY_IN_USE" | "BUSY" | "DATABASE_UNAVAILABLE" | "DEADLINE_EXCEEDED"
                ) =>
            {
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("no answer");
}

async fn review(service: &TestVisits, key: &str, claim: &Claim) -> Result<Claim, Error> {
    let request = ReviewClaimRequest { claim_id: claim.claim_id.clone(), lines: vec![] };
    Ok(service
        .claims()
        .review_claim(service.by(&service.payer, key, request))
        .await?
        .into_inner()
        .claim
        .unwrap())
}

#[tokio::test]
async fn a_submission_dropped_at_any_point_is_one_claim_when_it_is_repeated() {
    let service = TestVisits::for_claims().await;
    service.price_each("S", 120, 100).await;
    let visit = service.outpatient("UM-1").await;
    let mut paid = 0;
    for polls in 0..120 {
        let (key, code) = (key(), format!("S{polls}"));
        let submit = || service.create(&key, input(&visit, vec![line(&code)], &code));
        let finished = dropped_after(polls, submit()).await;
        let claim = until_answered(submit).await;
        assert_eq!(claim.state(), State::Approved);
        paid += payer_part(&claim);
        let told = i64::try_from(polls).unwrap() + 1;
        assert_eq!(
            (service.rows_of("claim").await, service.rows_of("service_line").await),
            (told, told),
            "{polls} polls"
        );
        assert_eq!(service.ledger().await, (paid, 0), "after {polls} polls");
        assert_eq!((service.said("ClaimSubmitted").await, service.said("ClaimDecided").await), (told, told));
        if let Some(first) = finished {
            assert_eq!(first.unwrap(), claim, "the answer is the one that was given");
            return;
        }
    }
    panic!("a submission takes more polls than anybody would think");
}

#[tokio::test]
async fn a_review_dropped_at_any_point_decides_once_when_it_is_repeated() {
    let service = TestVisits::for_claims().await;
    service.rules(None).await;
    service.price_each("S", 120, 100).await;
    let visit = service.outpatient("UM-1").await;
    let mut paid = 0;
    for polls in 0..120 {
        let (key, code) = (key(), format!("S{polls}"));
        let waiting = service.submitted(&visit, vec![line(&code)]).await.unwrap();
        let finished = dropped_after(polls, review(&service, &key, &waiting)).await;
        let claim = until_answered(|| review(&service, &key, &waiting)).await;
        paid += payer_part(&claim);
        assert_eq!(service.ledger().await, (paid, 0), "after {polls} polls");
        let told = i64::try_from(polls).unwrap() + 1;
        assert_eq!(service.said("ClaimDecided").await, told);
        if let Some(first) = finished {
            assert_eq!(first.unwrap(), claim, "the answer is the one that was given");
            return;
        }
    }
    panic!("a review takes more polls than anybody would think");
}

/// Runs a request and takes the database away as soon as it has spoken so often to it.
async fn cut_after<T>(proxy: &FaultProxy, trips: u64, request: impl Future<Output = T>) -> T {
    let begun = proxy.round_trips();
    let cut = async {
        while proxy.round_trips() < begun + trips {
            tokio::task::yield_now().await;
        }
        proxy.cut();
        std::future::pending::<()>().await;
    };
    let answer = tokio::select! {
        answer = request => answer,
        () = cut => unreachable!("it never ends"),
    };
    proxy.restore();
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_lost_at_any_round_trip_loses_nothing_acknowledged_and_doubles_nothing() {
    let (proxy, setup) = TestVisits::setup().await.behind_a_proxy().await;
    let service = TestVisits::for_claims_of(setup).await;
    service.price_each("S", 40, 100).await;
    let visit: Visit = service.outpatient("UM-1").await;
    let (mut paid, mut claims, mut lost) = (0, 0, 0);
    for round in 0..40_u64 {
        let (submit_key, review_key, code) = (key(), key(), format!("S{round}"));
        let reviewed = round % 2 == 1;
        service.rules((!reviewed).then_some(1_000_000)).await;
        let submit = || service.create(&submit_key, input(&visit, vec![line(&code)], &code));
        let trips = 1 + round % 5;
        let first = cut_after(&proxy, trips, submit()).await;
        let mut claim = until_answered(submit).await;
        lost += usize::from(first.is_err());
        if let Ok(first) = first {
            assert_eq!(first, claim, "what was acknowledged is there");
        }
        if reviewed {
            let first = cut_after(&proxy, trips, review(&service, &review_key, &claim)).await;
            let waiting = claim.clone();
            claim = until_answered(|| review(&service, &review_key, &waiting)).await;
            lost += usize::from(first.is_err());
            if let Ok(first) = first {
                assert_eq!(first, claim, "what was acknowledged is there");
            }
        }
        (paid, claims) = (paid + payer_part(&claim), claims + 1);
        assert_eq!(service.rows_of("claim").await, claims);
        assert_eq!(service.ledger().await, (paid, 0), "round {round}");
    }
    assert!(lost >= 10, "only {lost} requests were cut");
}

//! Many decisions at once: one counts, and no more is promised than there is.

use careway_testing::refusal;
use futures::future::join_all;

use crate::{
    preauthorization_calls::{approve, reject},
    test_visits::{TestVisits, insistently},
};

#[tokio::test]
async fn of_many_decisions_at_once_one_counts() {
    let (service, visit) = TestVisits::with_patient().await;
    let it = service.asked(&visit.visit_id, "1").await;
    let (service, id) = (&service, it.preauthorization_id.as_str());
    let decisions = (0..12).map(|n| {
        insistently(async move || {
            let decision = if n % 2 == 0 { approve(1) } else { reject(1) };
            service.decide(&service.payer, id, vec![decision]).await
        })
    });
    let (won, lost): (Vec<_>, Vec<_>) = join_all(decisions).await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for refused in lost {
        assert_eq!(refusal(refused).reason(), "WRONG_STATE");
    }
    assert_eq!(service.said("PreauthorizationDecided").await, 1);
}

#[tokio::test]
async fn approvals_at_once_never_promise_more_than_there_is() {
    let (service, visit) = TestVisits::with_patient().await;
    let mut asked = Vec::new();
    for _ in 0..4 {
        asked.push(service.asked(&visit.visit_id, "1").await.preauthorization_id);
    }
    let decided = asked.iter().map(|id| {
        let service = &service;
        insistently(async move || service.decide(&service.payer, id, vec![approve(1)]).await)
    });
    let decided = join_all(decided).await.into_iter().map(Result::unwrap);
    let promised: i64 =
        decided.map(|it| it.lines[0].amounts.as_ref().unwrap().payer.parse::<i64>().unwrap()).sum();
    assert_eq!((promised, service.reserved(&visit.visit_id).await), (250_000, "250000".to_owned()));
    assert_eq!(service.differences().await, 0);
}

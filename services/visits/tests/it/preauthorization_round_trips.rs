//! How often the commands of a pre-authorization go to the database.

use careway_contract::visits::v1::*;
use careway_testing::eventually;

use crate::{
    preauthorization_calls::{approve, plan},
    test_visits::TestVisits,
};

#[tokio::test]
async fn the_commands_of_a_preauthorization_keep_to_their_round_trips() {
    let (proxy, setup) = TestVisits::counting_round_trips().await;
    let service = TestVisits::of(setup, plan()).await;
    let visit = service.admit_patient().await;
    let mut fewest = [u64::MAX; 4];
    for _ in 0..20 {
        let quiet = async || {
            eventually("the outbox is empty", async || {
                service.count("select count(*) from outbox where published_at is null").await == 0
            })
            .await;
            proxy.round_trips()
        };
        let mut spent = Vec::new();
        let begun = quiet().await;
        let it = service.asked(&visit.visit_id, "1").await;
        spent.push(proxy.round_trips() - begun);
        let begun = quiet().await;
        let request = RequestPreauthorizationInformationRequest {
            preauthorization_id: it.preauthorization_id.clone(),
            question: "Since when?".to_owned(),
            ..Default::default()
        };
        service
            .preauthorizations()
            .request_preauthorization_information(service.theirs(request))
            .await
            .unwrap();
        spent.push(proxy.round_trips() - begun);
        let answer = RespondToPreauthorizationRequest {
            preauthorization_id: it.preauthorization_id.clone(),
            answer: "March".to_owned(),
            ..Default::default()
        };
        service.preauthorizations().respond_to_preauthorization(service.ours(answer)).await.unwrap();
        let begun = quiet().await;
        service.decide(&service.payer, &it.preauthorization_id, vec![approve(1)]).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        let begun = quiet().await;
        service.cancel(&it.preauthorization_id).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        for (fewest, spent) in fewest.iter_mut().zip(spent) {
            *fewest = (*fewest).min(spent);
        }
    }
    // Begin, lock and read, keep, commit.
    assert_eq!(fewest, [4, 4, 4, 4], "request, request information, decide, cancel");
}

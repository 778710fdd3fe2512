//! What a claim's commands cost in round trips to Postgres: a limit that holds.

use careway_contract::visits::v1::{CreateClaimRequest, SubmitClaimRequest, claim::State};
use careway_testing::key;

use crate::{
    claim_calls::{input, line},
    test_visits::TestVisits,
    visit_round_trips::quiet,
};

#[tokio::test]
async fn the_commands_of_a_claim_take_four_round_trips_each() {
    let (proxy, setup) = TestVisits::counting_round_trips().await;
    let service = TestVisits::for_claims_of(setup).await;
    // Every round fits under the family's ceiling.
    sqlx::query("update tariff set price = 1000").execute(&service.admin).await.unwrap();
    let visit = service.outpatient("UM-1").await;
    let mut fewest = [u64::MAX; 6];
    for round in 0..20 {
        let mut spent = Vec::new();
        // Five lines that the rules decide on: created, submitted, adjudicated and posted.
        service.rules(Some(1_000_000)).await;
        let five = || ["A", "B", "C", "D", "E"].map(line).to_vec();
        let begun = quiet(&proxy).await;
        let claim = service.create(&key(), input(&visit, five(), &format!("INV-{round}"))).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        assert_eq!(claim.state(), State::Approved);

        let begun = quiet(&proxy).await;
        service.recall(&claim).await.unwrap();
        spent.push(proxy.round_trips() - begun);

        service.rules(None).await;
        let draft = CreateClaimRequest { submit: false, ..input(&visit, five(), "") };
        let begun = quiet(&proxy).await;
        let draft = service.create(&key(), draft).await.unwrap();
        spent.push(proxy.round_trips() - begun);

        let submit = SubmitClaimRequest { claim_id: draft.claim_id };
        let begun = quiet(&proxy).await;
        let claim =
            service.claims().submit_claim(service.by(&service.facility, &key(), submit)).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        let claim = claim.into_inner().claim.unwrap();
        assert_eq!(claim.state(), State::InReview);

        let begun = quiet(&proxy).await;
        let claim = service.reviewed(&claim, vec![]).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        assert_eq!(claim.state(), State::Approved);

        let begun = quiet(&proxy).await;
        let appealed = service.appeal(&claim).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        service.answer_appeal(&appealed, None).await.unwrap();
        // The care is claimed again in the next round.
        sqlx::query("update service_line set active = false").execute(&service.admin).await.unwrap();
        for (fewest, spent) in fewest.iter_mut().zip(spent) {
            *fewest = (*fewest).min(spent);
        }
    }
    // Begin, what there is to know, what there is to keep, commit.
    assert_eq!(fewest, [4; 6], "create and submit, recall, draft, submit, review, appeal");
}

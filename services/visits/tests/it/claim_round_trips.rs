//! What a claim's commands cost in round trips to Postgres: a limit that holds.

use careway_contract::visits::v1::{CreateClaimRequest, SubmitClaimRequest, claim::State};
use careway_testing::{FaultProxy, TestDatabase};

use crate::{
    claim_desk::{line, wish},
    desk::{Desk, key},
    visit_round_trips::quiet,
};

#[tokio::test]
async fn the_commands_of_a_claim_take_four_round_trips_each() {
    let database = TestDatabase::create("visits", &careway_visits::MIGRATOR).await;
    let (proxy, url) = FaultProxy::before(&database.url_app).await;
    let desk = Desk::for_claims_at(&database, url).await;
    // Every round fits under the family's ceiling.
    sqlx::query("update tariff set price = 1000").execute(&desk.admin).await.unwrap();
    let visit = desk.outpatient("UM-1").await;
    let mut fewest = [u64::MAX; 6];
    for round in 0..6 {
        let mut spent = Vec::new();
        // Five lines that the rules decide on: created, submitted, adjudicated and posted.
        desk.rules(Some(1_000_000)).await;
        let five = || ["A", "B", "C", "D", "E"].map(line).to_vec();
        let begun = quiet(&proxy).await;
        let claim = desk.create(&key(), wish(&visit, five(), &format!("INV-{round}"))).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        assert_eq!(claim.state(), State::Approved);

        let begun = quiet(&proxy).await;
        desk.recall(&claim).await.unwrap();
        spent.push(proxy.round_trips() - begun);

        desk.rules(None).await;
        let draft = CreateClaimRequest { submit: false, ..wish(&visit, five(), "") };
        let begun = quiet(&proxy).await;
        let draft = desk.create(&key(), draft).await.unwrap();
        spent.push(proxy.round_trips() - begun);

        let submit = SubmitClaimRequest { claim_id: draft.claim_id };
        let begun = quiet(&proxy).await;
        let claim = desk.claims().submit_claim(desk.by(&desk.facility, &key(), submit)).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        let claim = claim.into_inner().claim.unwrap();
        assert_eq!(claim.state(), State::InReview);

        let begun = quiet(&proxy).await;
        let claim = desk.reviewed(&claim, vec![]).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        assert_eq!(claim.state(), State::Approved);

        let begun = quiet(&proxy).await;
        let appealed = desk.appeal(&claim).await.unwrap();
        spent.push(proxy.round_trips() - begun);
        desk.answer_appeal(&appealed, None).await.unwrap();
        // The care is claimed again in the next round.
        sqlx::query("update care_line set active = false").execute(&desk.admin).await.unwrap();
        for (fewest, spent) in fewest.iter_mut().zip(spent) {
            *fewest = (*fewest).min(spent);
        }
    }
    // Begin, what there is to know, what there is to keep, commit.
    assert_eq!(fewest, [4; 6], "create and submit, recall, draft, submit, review, appeal");
}

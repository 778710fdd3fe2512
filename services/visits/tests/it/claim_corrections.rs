//! Corrections of paid claims: replaced or voided, with the difference in the next payment advice.

use careway_contract::visits::v1::{claim::State, claim_line_decision::Decision, *};
use careway_service::{Error, Kind};
use careway_testing::{Person, key, refusal};

use crate::{
    claim_calls::{CEILING, decision, excluded, input, line, payer_part},
    test_visits::TestVisits,
};

impl TestVisits {
    async fn corrected(&self, by: &Person, claim: &Claim, lines: Vec<CareLineInput>) -> Result<Claim, Error> {
        let request = CorrectClaimRequest {
            claim_id: claim.claim_id.clone(),
            reason: "Sent with the wrong lines".to_owned(),
            lines,
            ..Default::default()
        };
        Ok(self.claims().correct_claim(self.by(by, &key(), request)).await?.into_inner().claim.unwrap())
    }

    async fn voided(&self, claim: &Claim) -> Result<Claim, Error> {
        let (claim_id, reason) = (claim.claim_id.clone(), "Sent for the wrong patient".to_owned());
        let request = self.by(&self.facility, &key(), VoidClaimRequest { claim_id, reason });
        Ok(self.claims().void_claim(request).await?.into_inner().claim.unwrap())
    }

    async fn paid(&self, claim: &Claim) -> PaymentAdvice {
        let advice = self.advise(&[claim]).await.unwrap();
        self.pay(&advice).await.unwrap();
        advice
    }

    async fn advised_until_now(&self) -> Result<PaymentAdvice, Error> {
        let request = CreatePaymentAdviceRequest {
            facility_id: self.facility.organization.to_string(),
            decided_until: Some(prost_types::Timestamp {
                seconds: self.clock.now().timestamp() + 1,
                nanos: 0,
            }),
            ..Default::default()
        };
        let answer = self.advices().create_payment_advice(self.by(&self.payer, &key(), request)).await?;
        Ok(answer.into_inner().payment_advice.unwrap())
    }

    /// What all advices say of a claim together.
    async fn named(&self, claims: &[&Claim]) -> i64 {
        let ids: Vec<uuid::Uuid> = claims.iter().map(|claim| claim.claim_id.parse().unwrap()).collect();
        sqlx::query_scalar(
            "select coalesce(sum(amount), 0)::bigint from payment_advice_line where claim_id = any ($1)",
        )
        .bind(ids)
        .fetch_one(&self.admin)
        .await
        .unwrap()
    }
}

fn amounts(advice: &PaymentAdvice) -> Vec<&str> {
    advice.claims.iter().map(|claim| claim.amount.as_str()).collect()
}

#[tokio::test]
async fn a_paid_claim_is_replaced_and_the_next_advice_carries_the_difference() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let claim = service.create(&key(), input(&visit, vec![line("B"), line("C")], "INV-1")).await.unwrap();
    assert_eq!(
        refusal(service.corrected(&service.facility, &claim, vec![line("B")]).await).reason(),
        "WRONG_STATE"
    );
    service.paid(&claim).await;
    let hidden = service.corrected(&service.other_facility().await, &claim, vec![line("B")]).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);

    let correction = service.corrected(&service.facility, &claim, vec![line("B"), line("A")]).await.unwrap();
    assert_eq!((correction.state(), payer_part(&correction)), (State::Approved, 9_900));
    assert_eq!(
        (&correction.corrects_claim_id, correction.external_reference.as_str()),
        (&claim.claim_id, "INV-1")
    );
    let former = service.claim(&service.payer, &claim.claim_id).await.unwrap();
    assert_eq!((former.state(), &former.corrected_as_claim_id), (State::Corrected, &correction.claim_id));
    assert_eq!((former.lines.len(), former.correction_reason.as_str()), (2, "Sent with the wrong lines"));
    // As if it had been right from the beginning: what is corrected away is free to be claimed.
    assert_eq!(service.ledger().await, (9_900, 0));
    service.submitted(&visit, vec![line("C")]).await.unwrap();
    let again = refusal(service.corrected(&service.facility, &claim, vec![line("B")]).await);
    assert_eq!(
        (again.reason(), again.fact("claimId")),
        ("ALREADY_CORRECTED", Some(correction.claim_id.as_str()))
    );
    assert_eq!(refusal(service.recall(&correction).await).reason(), "WRONG_STATE");

    let advice = service.advise(&[&correction]).await.unwrap();
    assert_eq!((amounts(&advice), advice.total.as_str()), (vec!["-18000", "9900"], "0"));
    assert_eq!((advice.brought_forward.as_str(), advice.carried_forward.as_str()), ("", "-8100"));
    service.pay(&advice).await.unwrap();
    assert_eq!(service.named(&[&claim, &correction]).await, 9_900);
    let next = service.advised_until_now().await.unwrap();
    assert_eq!((amounts(&next), next.total.as_str()), (vec!["9000"], "900"));
    assert_eq!((next.brought_forward.as_str(), next.carried_forward.as_str()), ("-8100", ""));
    let said = ["ClaimCorrected", "ClaimSubmitted", "ClaimDecided"];
    for (event, times) in said.into_iter().zip([1, 3, 3]) {
        assert_eq!(service.said(event).await, times, "{event}");
    }

    // A correction that was paid is corrected like any other claim; the chain comes to what is right at last.
    let dearer = service
        .corrected(&service.facility, &correction, vec![line("B"), line("D"), line("E")])
        .await
        .unwrap();
    assert_eq!(service.paid(&dearer).await.total, "17100");
    assert_eq!(service.named(&[&claim, &correction, &dearer]).await, payer_part(&dearer));
    assert_eq!(service.ledger().await, (36_000, 0));
}

#[tokio::test]
async fn a_paid_claim_is_voided_and_its_care_may_be_claimed_anew() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let claim = service.create(&key(), input(&visit, vec![line("B")], "INV-1")).await.unwrap();
    service.paid(&claim).await;
    let voided = service.voided(&claim).await.unwrap();
    assert_eq!((voided.state(), service.ledger().await), (State::Voided, (0, 0)));
    assert_eq!(refusal(service.voided(&claim).await).reason(), "ALREADY_CORRECTED");

    let advice = service.advised_until_now().await.unwrap();
    assert_eq!((amounts(&advice), advice.total.as_str()), (vec!["-9000"], "0"));
    let paid = service.pay(&advice).await.unwrap();
    assert_eq!((paid.state(), service.said("PaymentAdvicePaid").await), (payment_advice::State::Paid, 2));
    assert_eq!(refusal(service.advised_until_now().await).reason(), "NOTHING_TO_PAY");
    let anew = service.create(&key(), input(&visit, vec![line("B")], "INV-1")).await.unwrap();
    let advice = service.advise(&[&anew]).await.unwrap();
    assert_eq!((advice.total.as_str(), advice.carried_forward.as_str()), ("0", ""), "it evens out");
}

#[tokio::test]
async fn what_was_paid_is_taken_back_when_the_reviewer_has_decided() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let claim = service.submitted(&visit, vec![line("B"), line("C")]).await.unwrap();
    service.paid(&claim).await;
    service.rules(Some(0)).await;
    let correction = service.corrected(&service.facility, &claim, vec![line("B"), line("D")]).await.unwrap();
    assert_eq!(correction.state(), State::InReview);
    assert_eq!(refusal(service.advised_until_now().await).reason(), "NOTHING_TO_PAY");
    assert_eq!(refusal(service.advise(&[&claim]).await).reason(), "CLAIM_NOT_PAYABLE");
    let decided = service.reviewed(&correction, vec![decision(2, Decision::Reject)]).await.unwrap();
    assert_eq!(decided.state(), State::PartiallyApproved);
    let advice = service.advised_until_now().await.unwrap();
    assert_eq!((amounts(&advice), advice.carried_forward.as_str()), (vec!["-18000", "9000"], "-9000"));
    assert_eq!((service.named(&[&claim, &correction]).await, service.ledger().await), (9_000, (9_000, 0)));
}

#[tokio::test]
async fn a_correction_comes_within_the_contracts_days_and_frees_what_it_gives_back() {
    let service = TestVisits::for_claims().await;
    let family = service.family(2).await;
    let dear = CareLineInput { quantity: "12".to_owned(), ..line("B") };
    let claim = service.submitted(&family[0], vec![dear]).await.unwrap();
    assert_eq!(payer_part(&claim), CEILING);
    service.paid(&claim).await;
    // The family's ceiling is used up: nothing is paid, so that it is no approval in part.
    let other = service.submitted(&family[1], vec![line("B")]).await.unwrap();
    assert_eq!((other.state(), payer_part(&other)), (State::Rejected, 0));
    assert_eq!(other.lines[0].refusals[0].code, "BENX-004");
    service.corrected(&service.facility, &claim, vec![line("B")]).await.unwrap();
    let other = service.resubmit(&other, vec![line("B")]).await.unwrap();
    assert_eq!((other.state(), payer_part(&other)), (State::Approved, 9_000));

    service.paid(&other).await;
    let days = |days: i32| {
        sqlx::query("update contract set correction_days = $1").bind(days).execute(&service.admin)
    };
    days(0).await.unwrap();
    service.clock.advance(std::time::Duration::from_secs(2 * 24 * 3600));
    let late = refusal(service.voided(&other).await);
    assert_eq!((late.reason(), late.fact("code")), ("CORRECTION_TOO_LATE", Some("TIME-004")));
    assert!(late.fact("deadline").is_some());
    days(365).await.unwrap();
    let wrong = refusal(service.corrected(&service.facility, &other, vec![]).await);
    assert_eq!(wrong.violations()[0].0, "lines");
    let nothing = service.corrected(&service.facility, &other, vec![excluded("B")]).await.unwrap();
    assert_eq!((nothing.state(), service.ledger().await), (State::Rejected, (9_000, 0)));
    service.disputed(&family[1]).await;
    assert_eq!(refusal(service.advise(&[&other]).await).reason(), "VISIT_DISPUTED");
}

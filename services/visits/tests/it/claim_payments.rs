//! Payment advices: a number, a total, and lines that reconcile.

use careway_contract::visits::v1::{claim::State, claim_line_decision::Decision, *};
use careway_service::Kind;

use crate::{
    claim_desk::{decision, excluded, line, today},
    desk::{Desk, Person, key, refusal},
};

fn reconciles(advice: &PaymentAdvice) {
    let minor = |text: &str| text.parse::<i64>().unwrap();
    for claim in &advice.claims {
        let lines: i64 = claim.lines.iter().map(|line| minor(&line.amount)).sum();
        assert_eq!(minor(&claim.amount), lines, "{}", claim.number);
    }
    assert_eq!(minor(&advice.total), advice.claims.iter().map(|claim| minor(&claim.amount)).sum::<i64>());
    assert_eq!(usize::try_from(advice.claim_count).unwrap(), advice.claims.len());
}

async fn read(desk: &Desk, by: &Person, id: &str) -> Result<PaymentAdvice, careway_service::Error> {
    let request = GetPaymentAdviceRequest { payment_advice_id: id.to_owned() };
    let answer = desk.advices().get_payment_advice(desk.by(by, &key(), request)).await?;
    Ok(answer.into_inner().payment_advice.unwrap())
}

#[tokio::test]
async fn an_advice_pays_what_was_decided_and_its_lines_add_up() {
    let desk = Desk::for_claims().await;
    let visit = desk.outpatient("UM-1").await;
    let first = desk.submitted(&visit, vec![line("A"), line("B"), excluded("C")]).await.unwrap();
    let second = desk.submitted(&visit, vec![line("D")]).await.unwrap();
    let rejected = desk.submitted(&visit, vec![excluded("E")]).await.unwrap();

    assert_eq!(refusal(desk.advise(&[&first, &rejected]).await).reason(), "WRONG_STATE");
    let advice = desk.advise(&[&first, &second]).await.unwrap();
    reconciles(&advice);
    assert_eq!((advice.total.as_str(), advice.claims[0].lines.len()), ("18900", 2));
    assert!(advice.number.starts_with('P'));
    for by in [&desk.facility, &desk.payer] {
        assert_eq!(read(&desk, by, &advice.payment_advice_id).await.unwrap(), advice);
        let list =
            ListPaymentAdvicesRequest { facility_id: advice.facility_id.clone(), ..Default::default() };
        let list = desk.advices().list_payment_advices(desk.by(by, &key(), list)).await.unwrap();
        assert_eq!(list.into_inner().payment_advices[0].total, "18900");
    }
    let hidden = read(&desk, &desk.stranger(), &advice.payment_advice_id).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    assert_eq!(desk.claim(&desk.facility, &first.claim_id).await.unwrap().state(), State::InPayment);
    assert_eq!(refusal(desk.advise(&[&first]).await).reason(), "WRONG_STATE", "no claim is paid twice");
    assert_eq!(refusal(desk.recall(&first).await).reason(), "WRONG_STATE");

    let mark = |claim: &Claim, paid_on: String| {
        let (claim_id, reference) = (claim.claim_id.clone(), "TRF-0".to_owned());
        let request = desk.by(&desk.payer, &key(), MarkClaimPaidRequest { claim_id, reference, paid_on });
        async { desk.claims().mark_claim_paid(request).await.map(|it| it.into_inner().claim.unwrap()) }
    };
    let tomorrow = today(&desk.clock) + chrono::Days::new(2);
    assert_eq!(refusal(mark(&second, tomorrow.to_string()).await).violations()[0].0, "paidOn");
    let paid = mark(&second, today(&desk.clock).to_string()).await.unwrap();
    assert_eq!((paid.state(), paid.payment_reference.as_str()), (State::Paid, "TRF-0"));
    let paid = desk.pay(&advice).await.unwrap();
    assert_eq!(paid.state(), payment_advice::State::Paid);
    let kept = desk.claim(&desk.facility, &second.claim_id).await.unwrap();
    assert_eq!(kept.payment_reference, "TRF-0", "what was marked before stays");
    assert_eq!(desk.claim(&desk.facility, &first.claim_id).await.unwrap().state(), State::Paid);
    assert_eq!(refusal(desk.pay(&advice).await).reason(), "WRONG_STATE");
    assert_eq!((desk.said("ClaimPaid").await, desk.said("PaymentAdvicePaid").await), (2, 1));
}

#[tokio::test]
async fn the_last_claim_marked_paid_pays_its_advice() {
    let desk = Desk::for_claims().await;
    let visit = desk.outpatient("UM-1").await;
    let claims = [
        desk.submitted(&visit, vec![line("B")]).await.unwrap(),
        desk.submitted(&visit, vec![line("C")]).await.unwrap(),
    ];
    let advice = desk.advise(&[&claims[0], &claims[1]]).await.unwrap();
    for (claim, state) in claims.iter().zip([payment_advice::State::Announced, payment_advice::State::Paid]) {
        let request = MarkClaimPaidRequest {
            claim_id: claim.claim_id.clone(),
            reference: "TRF-1".to_owned(),
            paid_on: today(&desk.clock).to_string(),
        };
        desk.claims().mark_claim_paid(desk.by(&desk.payer, &key(), request)).await.unwrap();
        assert_eq!(read(&desk, &desk.payer, &advice.payment_advice_id).await.unwrap().state(), state);
    }
    assert_eq!((desk.said("ClaimPaid").await, desk.said("PaymentAdvicePaid").await), (2, 1));
}

#[tokio::test]
async fn everything_decided_until_an_instant_is_paid_but_what_is_disputed() {
    let desk = Desk::for_claims().await;
    let visits = [desk.outpatient("UM-1").await, desk.outpatient("UM-22").await];
    for visit in &visits {
        desk.submitted(visit, vec![line("B")]).await.unwrap();
    }
    let until = desk.clock.now();
    desk.clock.advance(std::time::Duration::from_secs(60));
    let later = desk.submitted(&visits[0], vec![line("C")]).await.unwrap();
    desk.disputed(&visits[1]).await;
    let pay_until = |seconds: i64| {
        let request = CreatePaymentAdviceRequest {
            facility_id: desk.facility.organization.to_string(),
            decided_until: Some(prost_types::Timestamp { seconds, nanos: 999_999_999 }),
            ..Default::default()
        };
        let request = desk.by(&desk.payer, &key(), request);
        async {
            desk.advices()
                .create_payment_advice(request)
                .await
                .map(|it| it.into_inner().payment_advice.unwrap())
        }
    };
    let advice = pay_until(until.timestamp()).await.unwrap();
    assert_eq!((advice.claim_count, advice.total.as_str()), (1, "9000"));
    assert_eq!(refusal(pay_until(until.timestamp()).await).reason(), "NOTHING_TO_PAY");
    assert_eq!(desk.claim(&desk.payer, &later.claim_id).await.unwrap().state(), State::Approved);
    let neither = CreatePaymentAdviceRequest {
        facility_id: desk.facility.organization.to_string(),
        ..Default::default()
    };
    let neither = desk.advices().create_payment_advice(desk.by(&desk.payer, &key(), neither)).await;
    assert_eq!(refusal(neither).violations()[0].0, "claimIds");
}

#[tokio::test]
async fn what_an_overturned_decision_adds_is_paid_by_the_next_advice() {
    let desk = Desk::for_claims().await;
    desk.rules(Some(0)).await;
    let visit = desk.outpatient("UM-1").await;
    let claim = desk.submitted(&visit, vec![line("B"), line("C")]).await.unwrap();
    let claim = desk.reviewed(&claim, vec![decision(1, Decision::Reject)]).await.unwrap();
    let first = desk.advise(&[&claim]).await.unwrap();
    assert_eq!(refusal(desk.appeal(&claim).await).reason(), "WRONG_STATE", "not while it is being paid");
    desk.pay(&first).await.unwrap();
    let appealed = desk.appeal(&claim).await.unwrap();
    let overturned = desk.answer_appeal(&appealed, Some(vec![decision(1, Decision::Accept)])).await.unwrap();
    assert_eq!((overturned.state(), overturned.advised.as_str()), (State::Overturned, "9000"));
    let second = desk.advise(&[&overturned]).await.unwrap();
    reconciles(&second);
    assert_eq!(second.total, "9000");
    assert_eq!(second.claims[0].lines.iter().map(|line| line.line).collect::<Vec<_>>(), [1]);
    desk.pay(&second).await.unwrap();
    let paid = desk.claim(&desk.facility, &claim.claim_id).await.unwrap();
    assert_eq!((paid.state(), paid.advised.as_str()), (State::Paid, "18000"));
    assert_eq!(read(&desk, &desk.payer, &first.payment_advice_id).await.unwrap().total, "9000");
}

//! Payment advices: a number, a total, and lines that reconcile.

use careway_contract::visits::v1::{claim::State, claim_line_decision::Decision, *};
use careway_service::Kind;
use careway_testing::{Person, key, refusal};

use crate::{
    claim_calls::{decision, excluded, line, today},
    test_visits::TestVisits,
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

async fn read(service: &TestVisits, by: &Person, id: &str) -> Result<PaymentAdvice, careway_service::Error> {
    let request = GetPaymentAdviceRequest { payment_advice_id: id.to_owned() };
    let answer = service.advices().get_payment_advice(service.by(by, &key(), request)).await?;
    Ok(answer.into_inner().payment_advice.unwrap())
}

#[tokio::test]
async fn an_advice_pays_what_was_decided_and_its_lines_add_up() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let first = service.submitted(&visit, vec![line("A"), line("B"), excluded("C")]).await.unwrap();
    let second = service.submitted(&visit, vec![line("D")]).await.unwrap();
    let rejected = service.submitted(&visit, vec![excluded("E")]).await.unwrap();

    assert_eq!(refusal(service.advise(&[&first, &rejected]).await).reason(), "WRONG_STATE");
    let advice = service.advise(&[&first, &second]).await.unwrap();
    reconciles(&advice);
    assert_eq!((advice.total.as_str(), advice.claims[0].lines.len()), ("18900", 2));
    assert!(advice.number.starts_with('P'));
    for by in [&service.facility, &service.payer] {
        assert_eq!(read(&service, by, &advice.payment_advice_id).await.unwrap(), advice);
        let list =
            ListPaymentAdvicesRequest { facility_id: advice.facility_id.clone(), ..Default::default() };
        let list = service.advices().list_payment_advices(service.by(by, &key(), list)).await.unwrap();
        assert_eq!(list.into_inner().payment_advices[0].total, "18900");
    }
    let hidden = read(&service, &service.stranger(), &advice.payment_advice_id).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    assert_eq!(service.claim(&service.facility, &first.claim_id).await.unwrap().state(), State::InPayment);
    assert_eq!(refusal(service.advise(&[&first]).await).reason(), "WRONG_STATE", "no claim is paid twice");
    assert_eq!(refusal(service.recall(&first).await).reason(), "WRONG_STATE");

    let mark = |claim: &Claim, paid_on: String| {
        let (claim_id, reference) = (claim.claim_id.clone(), "TRF-0".to_owned());
        let request =
            service.by(&service.payer, &key(), MarkClaimPaidRequest { claim_id, reference, paid_on });
        async { service.claims().mark_claim_paid(request).await.map(|it| it.into_inner().claim.unwrap()) }
    };
    let (before, after) =
        (today(&service.clock) - chrono::Days::new(1), today(&service.clock) + chrono::Days::new(2));
    // Nothing is paid before the care was given, nor before it is paid.
    for day in [before, after] {
        assert_eq!(refusal(mark(&second, day.to_string()).await).violations()[0].0, "paidOn");
    }
    let mark_advice = |reference: &str, day: chrono::NaiveDate| {
        let request = MarkPaymentAdvicePaidRequest {
            payment_advice_id: advice.payment_advice_id.clone(),
            reference: reference.to_owned(),
            paid_on: day.to_string(),
        };
        let request = service.by(&service.payer, &key(), request);
        async { refusal(service.advices().mark_payment_advice_paid(request).await) }
    };
    for day in [before, after] {
        let fields: Vec<_> = mark_advice("", day).await.violations().iter().map(|it| it.0.clone()).collect();
        assert_eq!(fields, ["reference", "paidOn"]);
    }
    let paid = mark(&second, today(&service.clock).to_string()).await.unwrap();
    assert_eq!((paid.state(), paid.payment_reference.as_str()), (State::Paid, "TRF-0"));
    let paid = service.pay(&advice).await.unwrap();
    assert_eq!(paid.state(), payment_advice::State::Paid);
    let kept = service.claim(&service.facility, &second.claim_id).await.unwrap();
    assert_eq!(kept.payment_reference, "TRF-0", "what was marked before stays");
    assert_eq!(service.claim(&service.facility, &first.claim_id).await.unwrap().state(), State::Paid);
    assert_eq!(refusal(service.pay(&advice).await).reason(), "WRONG_STATE");
    assert_eq!((service.said("ClaimPaid").await, service.said("PaymentAdvicePaid").await), (2, 1));
}

#[tokio::test]
async fn the_last_claim_marked_paid_pays_its_advice() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    let claims = [
        service.submitted(&visit, vec![line("B")]).await.unwrap(),
        service.submitted(&visit, vec![line("C")]).await.unwrap(),
    ];
    let advice = service.advise(&[&claims[0], &claims[1]]).await.unwrap();
    for (claim, state) in claims.iter().zip([payment_advice::State::Announced, payment_advice::State::Paid]) {
        let request = MarkClaimPaidRequest {
            claim_id: claim.claim_id.clone(),
            reference: "TRF-1".to_owned(),
            paid_on: today(&service.clock).to_string(),
        };
        service.claims().mark_claim_paid(service.by(&service.payer, &key(), request)).await.unwrap();
        assert_eq!(read(&service, &service.payer, &advice.payment_advice_id).await.unwrap().state(), state);
    }
    assert_eq!((service.said("ClaimPaid").await, service.said("PaymentAdvicePaid").await), (2, 1));
}

#[tokio::test]
async fn everything_decided_until_an_instant_is_paid_but_what_is_disputed() {
    let service = TestVisits::for_claims().await;
    let visits = [service.outpatient("UM-1").await, service.outpatient("UM-22").await];
    for visit in &visits {
        service.submitted(visit, vec![line("B")]).await.unwrap();
    }
    let until = service.clock.now();
    service.clock.advance(std::time::Duration::from_secs(60));
    let later = service.submitted(&visits[0], vec![line("C")]).await.unwrap();
    service.disputed(&visits[1]).await;
    let pay_until = |seconds: i64| {
        let request = CreatePaymentAdviceRequest {
            facility_id: service.facility.organization.to_string(),
            decided_until: Some(prost_types::Timestamp { seconds, nanos: 999_999_999 }),
            ..Default::default()
        };
        let request = service.by(&service.payer, &key(), request);
        async {
            service
                .advices()
                .create_payment_advice(request)
                .await
                .map(|it| it.into_inner().payment_advice.unwrap())
        }
    };
    let advice = pay_until(until.timestamp()).await.unwrap();
    assert_eq!((advice.claim_count, advice.total.as_str()), (1, "9000"));
    assert_eq!(refusal(pay_until(until.timestamp()).await).reason(), "NOTHING_TO_PAY");
    assert_eq!(service.claim(&service.payer, &later.claim_id).await.unwrap().state(), State::Approved);
    let neither = CreatePaymentAdviceRequest {
        facility_id: service.facility.organization.to_string(),
        ..Default::default()
    };
    let neither = service.advices().create_payment_advice(service.by(&service.payer, &key(), neither)).await;
    assert_eq!(refusal(neither).violations()[0].0, "claimIds");
}

#[tokio::test]
async fn what_an_overturned_decision_adds_is_paid_by_the_next_advice() {
    let service = TestVisits::for_claims().await;
    service.rules(Some(0)).await;
    let visit = service.outpatient("UM-1").await;
    let claim = service.submitted(&visit, vec![line("B"), line("C")]).await.unwrap();
    let claim = service.reviewed(&claim, vec![decision(1, Decision::Reject)]).await.unwrap();
    let first = service.advise(&[&claim]).await.unwrap();
    assert_eq!(refusal(service.appeal(&claim).await).reason(), "WRONG_STATE", "not while it is being paid");
    service.pay(&first).await.unwrap();
    let appealed = service.appeal(&claim).await.unwrap();
    let overturned =
        service.answer_appeal(&appealed, Some(vec![decision(1, Decision::Accept)])).await.unwrap();
    assert_eq!((overturned.state(), overturned.advised.as_str()), (State::Overturned, "9000"));
    let second = service.advise(&[&overturned]).await.unwrap();
    reconciles(&second);
    assert_eq!(second.total, "9000");
    assert_eq!(second.claims[0].lines.iter().map(|line| line.line).collect::<Vec<_>>(), [1]);
    service.pay(&second).await.unwrap();
    let paid = service.claim(&service.facility, &claim.claim_id).await.unwrap();
    assert_eq!((paid.state(), paid.advised.as_str()), (State::Paid, "18000"));
    assert_eq!(read(&service, &service.payer, &first.payment_advice_id).await.unwrap().total, "9000");
}

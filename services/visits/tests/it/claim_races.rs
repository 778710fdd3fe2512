//! Five thousand claims and pre-authorizations that race for one family's ceiling, by the service's own commands: never
//! above it, and what each was promised adds up to what the ledger has.

use careway_contract::visits::v1::{preauthorization::State, *};
use careway_service::Error;
use careway_testing::key;
use futures::{StreamExt, stream};

use crate::{
    claim_calls::{family_plan, input, line, payer_part},
    preauthorization_calls::{approve, asking},
    test_visits::{TestVisits, insistently},
};

/// Claims and pre-authorizations that race for one ceiling.
const RACERS: usize = 5_000;
/// How many are under way at a time.
const AT_ONCE: usize = 32;
/// Members of the family: each has forty of the racers.
const FAMILY: usize = 125;
/// Less than what all of them would cost, so that the last of them find less, or nothing.
const CEILING: i64 = 1_000_000;

/// Outpatient care that is claimed, and scans that are asked for, under one ceiling of the family's.
fn plan() -> PlanDefinition {
    let mut plan = family_plan();
    let always =
        PreauthorizationRule { needed: preauthorization_rule::Needed::Always.into(), ..Default::default() };
    let scan =
        PlanBenefit { code: "SCAN".to_owned(), preauthorization: Some(always), ..plan.benefits[0].clone() };
    plan.benefits.push(scan);
    plan.ceilings[0].limit.as_mut().unwrap().amount = CEILING.to_string();
    plan
}

/// A claim of a code; what the payer pays of it.
async fn claimed(service: &TestVisits, visit: &Visit, code: &str) -> i64 {
    let key = key();
    let claim = insistently(async || service.create(&key, input(visit, vec![line(code)], "")).await);
    payer_part(&claim.await.unwrap())
}

/// Asks for a code; what is held of it. What the rules leave to a person, because the ceiling has not enough left, a
/// person approves for what it has.
async fn held(service: &TestVisits, visit: &Visit, code: &str) -> i64 {
    let (key, request) = (key(), asking(&visit.visit_id, vec![line(code)]));
    let asked = insistently(async || {
        let request = service.by(&service.facility, &key, request.clone());
        service.preauthorizations().request_preauthorization(request).await.map_err(Error::from)
    });
    let asked = asked.await.unwrap().into_inner().preauthorization.unwrap();
    if asked.state() != State::Pended {
        assert_eq!(asked.state(), State::Approved);
        return total(&asked);
    }
    let id = asked.preauthorization_id.as_str();
    let decided = insistently(async || service.decide(&service.payer, id, vec![approve(1)]).await);
    total(&decided.await.unwrap().preauthorization.unwrap())
}

fn total(preauthorization: &Preauthorization) -> i64 {
    preauthorization.total.as_ref().map_or(0, |amounts| amounts.payer.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_claims_and_approvals_never_pass_a_familys_ceiling() {
    let service = TestVisits::with_plan(plan()).await;
    service.rules(Some(CEILING)).await;
    let codes: Vec<_> = (0..20_i64).map(|n| (format!("C{n}"), format!("S{n}"), 200 + 5 * n)).collect();
    let prices: Vec<_> = codes
        .iter()
        .flat_map(|(claimed, held, price)| [(&**claimed, "CARE", *price), (&**held, "SCAN", *price)])
        .collect();
    service.price_list(&prices).await;
    let visits = service.family(FAMILY).await;

    let outcomes: Vec<(i64, i64)> = stream::iter(0..RACERS)
        .map(|n| {
            let (service, visit, turn) = (&service, &visits[n % FAMILY], n / FAMILY);
            async move {
                match turn % 2 {
                    0 => (claimed(service, visit, &format!("C{}", turn / 2)).await, 0),
                    _ => (0, held(service, visit, &format!("S{}", turn / 2)).await),
                }
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;

    let used: i64 = outcomes.iter().map(|(used, _)| used).sum();
    let reserved: i64 = outcomes.iter().map(|(_, reserved)| reserved).sum();
    assert_eq!(service.ledger().await, (used, reserved), "what was promised is what is kept");
    assert!(used > 0 && reserved > 0);
    assert_eq!(used + reserved, CEILING, "the last of them took what was left");
    // Nor was it passed in between: the entries of one family are made one after the other.
    let most: i64 = sqlx::query_scalar(
        "select max(total)::bigint from (
            select sum(used_delta + reserved_delta) over (order by entry_id) as total from benefit_entry) e",
    )
    .fetch_one(&service.admin)
    .await
    .unwrap();
    assert_eq!(most, CEILING);
    let each = i64::try_from(RACERS / 2).unwrap();
    assert_eq!((service.rows_of("claim").await, service.rows_of("preauthorization").await), (each, each));
    assert_eq!(
        (service.said("ClaimSubmitted").await, service.said("PreauthorizationRequested").await),
        (each, each)
    );
    let left: i64 = sqlx::query_scalar("select count(*) from preauthorization where state = 'PENDED'")
        .fetch_one(&service.admin)
        .await
        .unwrap();
    assert_eq!(left, 0, "each was decided");
}

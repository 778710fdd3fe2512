//! Five thousand claims and pre-authorizations that race for one family's ceiling, by the service's own commands: never
//! above it, and what each was promised adds up to what the ledger has.

use careway_contract::visits::v1::{preauthorization::State, *};
use careway_service::Error;
use careway_testing::TestDatabase;
use futures::{StreamExt, stream};

use crate::{
    care_desk::{approve, asking},
    claim_desk::{family_plan, line, payer_part, wish},
    desk::{Desk, key},
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

/// Whether it is only "not now".
fn passes(error: &Error) -> bool {
    matches!(error.reason(), "BUSY" | "DATABASE_UNAVAILABLE")
}

/// A claim of a code; what the payer pays of it.
async fn claimed(desk: &Desk, visit: &Visit, code: &str) -> i64 {
    let key = key();
    loop {
        match desk.create(&key, wish(visit, vec![line(code)], "")).await {
            Ok(claim) => return payer_part(&claim),
            Err(error) => assert!(passes(&error), "{error}"),
        }
    }
}

/// Asks for a code; what is held of it. What the rules leave to a person, because the ceiling has not enough left, a
/// person approves for what it has.
async fn held(desk: &Desk, visit: &Visit, code: &str) -> i64 {
    let (key, request) = (key(), asking(&visit.visit_id, vec![line(code)]));
    let asked = loop {
        let request = desk.by(&desk.facility, &key, request.clone());
        match desk.preauthorizations().request_preauthorization(request).await.map_err(Error::from) {
            Ok(asked) => break asked.into_inner().preauthorization.unwrap(),
            Err(error) => assert!(passes(&error), "{error}"),
        }
    };
    if asked.state() != State::Pended {
        assert_eq!(asked.state(), State::Approved);
        return total(&asked);
    }
    loop {
        match desk.decide(&desk.payer, &asked.preauthorization_id, vec![approve(1)]).await {
            Ok(decided) => return total(&decided.preauthorization.unwrap()),
            Err(error) => assert!(passes(&error), "{error}"),
        }
    }
}

fn total(it: &Preauthorization) -> i64 {
    it.total.as_ref().map_or(0, |amounts| amounts.payer.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_claims_and_approvals_never_pass_a_familys_ceiling() {
    let database = TestDatabase::create("visits", &careway_visits::MIGRATOR).await;
    let desk = Desk::open_at(&database, database.url_app.clone(), plan()).await;
    desk.rules(Some(CEILING)).await;
    sqlx::query(
        "insert into tariff (tariff_id, payer_id, code, kind, names, search, benefits, currency, price, valid_from,
            created_at, changed_at)
         select gen_random_uuid(), $1, b.prefix || n, 'SERVICE', '{\"en\": \"Racer\"}', 'r', array[b.benefit], 'RWF',
            200 + 5 * n, '2020-01-01', now(), now()
         from generate_series(0, 19) n, (values ('C', 'CARE'), ('S', 'SCAN')) b (prefix, benefit)",
    )
    .bind(desk.payer.organization.uuid())
    .execute(&desk.admin)
    .await
    .unwrap();
    let visits = desk.family(FAMILY).await;

    let outcomes: Vec<(i64, i64)> = stream::iter(0..RACERS)
        .map(|n| {
            let (desk, visit, turn) = (&desk, &visits[n % FAMILY], n / FAMILY);
            async move {
                match turn % 2 {
                    0 => (claimed(desk, visit, &format!("C{}", turn / 2)).await, 0),
                    _ => (0, held(desk, visit, &format!("S{}", turn / 2)).await),
                }
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;

    let used: i64 = outcomes.iter().map(|(used, _)| used).sum();
    let reserved: i64 = outcomes.iter().map(|(_, reserved)| reserved).sum();
    assert_eq!(desk.ledger().await, (used, reserved), "what was promised is what is kept");
    assert!(used > 0 && reserved > 0);
    assert_eq!(used + reserved, CEILING, "the last of them took what was left");
    // Nor was it passed in between: the entries of one family are made one after the other.
    let most: i64 = sqlx::query_scalar(
        "select max(total)::bigint from (
            select sum(used_delta + reserved_delta) over (order by entry_id) as total from benefit_entry) e",
    )
    .fetch_one(&desk.admin)
    .await
    .unwrap();
    assert_eq!(most, CEILING);
    let each = i64::try_from(RACERS / 2).unwrap();
    assert_eq!((desk.count("claim").await, desk.count("preauthorization").await), (each, each));
    assert_eq!(
        (desk.said("ClaimSubmitted").await, desk.said("PreauthorizationRequested").await),
        (each, each)
    );
    let left: i64 = sqlx::query_scalar("select count(*) from preauthorization where state = 'PENDED'")
        .fetch_one(&desk.admin)
        .await
        .unwrap();
    assert_eq!(left, 0, "each was decided");
}

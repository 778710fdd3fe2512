//! What holds of claims whatever happens: recalls leave no trace in the ledger, the same again adds nothing. Against the
//! real store, within a minute each.

use std::sync::atomic::{AtomicU32, Ordering};

use careway_contract::visits::v1::{
    claim::State, claim_line_decision::Decision, plan_limit::Period, plan_limit::Scope, *,
};
use careway_testing::key;
use futures::{StreamExt, stream};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use uuid::Uuid;

use crate::{
    claim_calls::{CEILING, decision, excluded, family_plan, input, line, payer_part},
    test_visits::{TestVisits, insistently},
};

/// Claims that are submitted again and again, all at once.
const CLAIMS: usize = 100;
/// Submissions of each.
const SUBMISSIONS: usize = 100;

#[derive(Debug, Clone)]
enum Move {
    Submit { member: u8, quantity: u8, excluded: bool },
    Review { claim: u8, reject: bool },
    Recall(u8),
    Appeal { claim: u8, overturn: bool },
    Limit(bool),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let submit = (0..2_u8, 1..4_u8, prop::bool::weighted(0.2))
        .prop_map(|(member, quantity, excluded)| Move::Submit { member, quantity, excluded });
    let one = prop_oneof![
        5 => submit,
        3 => (any::<u8>(), any::<bool>()).prop_map(|(claim, reject)| Move::Review { claim, reject }),
        2 => any::<u8>().prop_map(Move::Recall),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(claim, overturn)| Move::Appeal { claim, overturn }),
        1 => any::<bool>().prop_map(Move::Limit),
    ];
    vec(one, 1..16)
}

/// Every account of a plan that has a deductible, a count and a ceiling.
fn plan() -> PlanDefinition {
    let mut plan = family_plan();
    let count = PlanLimit {
        period: Period::PolicyYear.into(),
        scope: Scope::Member.into(),
        count: Some(9),
        ..Default::default()
    };
    plan.benefits[0].limits = vec![count];
    plan.benefits[0].deductible = "FIRST".to_owned();
    plan.deductibles = vec![PlanDeductible {
        code: "FIRST".to_owned(),
        period: Period::PolicyYear.into(),
        scope: Scope::Member.into(),
        amount: "3000".to_owned(),
    }];
    plan
}

/// Two members who share a ceiling, each admitted.
async fn family(service: &TestVisits) -> [Visit; 2] {
    service.family(2).await.try_into().unwrap()
}

/// What stands on the accounts of these visits' family, by account.
async fn standing(service: &TestVisits, visits: &[Visit; 2]) -> Vec<(String, i64, i64)> {
    sqlx::query_as(
        "select account, sum(used)::bigint, sum(reserved)::bigint from benefit_balance
         where holder_id in (
            select unnest(array[c.family_id, c.member_id]) from visit v join coverage c using (coverage_id)
            where v.visit_id = any ($1))
         group by account order by account",
    )
    .bind(visits.iter().map(|visit| Uuid::parse_str(&visit.visit_id).unwrap()).collect::<Vec<_>>())
    .fetch_all(&service.admin)
    .await
    .unwrap()
}

#[test]
fn whatever_happened_recalls_leave_the_ledger_as_before() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let service = runtime.block_on(async {
        let service = TestVisits::with_plan(plan()).await;
        service.price_each("P", 400, 10_000).await;
        service
    });
    let code = AtomicU32::new(0);
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() });
    let outcome = runner.run(&moves(), |moves| {
        runtime.block_on(async {
            let visits = family(&service).await;
            service.rules(Some(1_000_000)).await;
            let mut claims: Vec<Claim> = Vec::new();
            for step in &moves {
                let picked = |at: u8| (!claims.is_empty()).then(|| usize::from(at) % claims.len());
                match step {
                    Move::Submit { member, quantity, excluded: out } => {
                        let code = format!("P{}", code.fetch_add(1, Ordering::Relaxed) % 400);
                        let made = if *out { excluded(&code) } else { line(&code) };
                        let lines = vec![CareLineInput { quantity: quantity.to_string(), ..made }];
                        claims.push(service.submitted(&visits[usize::from(*member)], lines).await.unwrap());
                    }
                    Move::Review { claim, reject } => {
                        let Some(at) = picked(*claim) else { continue };
                        let decisions =
                            vec![decision(1, if *reject { Decision::Reject } else { Decision::Accept })];
                        if let Ok(claim) = service.reviewed(&claims[at], decisions).await {
                            claims[at] = claim;
                        }
                    }
                    Move::Recall(claim) => {
                        let Some(at) = picked(*claim) else { continue };
                        if let Ok(claim) = service.recall(&claims[at]).await {
                            claims[at] = claim;
                        }
                    }
                    Move::Appeal { claim, overturn } => {
                        let Some(at) = picked(*claim) else { continue };
                        let Ok(appealed) = service.appeal(&claims[at]).await else { continue };
                        let decisions = overturn.then(|| vec![decision(1, Decision::Accept)]);
                        claims[at] = match service.answer_appeal(&appealed, decisions).await {
                            Ok(claim) => claim,
                            // It would pay less now: the decision stands.
                            Err(_) => service.answer_appeal(&appealed, None).await.unwrap(),
                        };
                    }
                    Move::Limit(automatic) => service.rules(automatic.then_some(1_000_000)).await,
                }
                let stands = |claim: &&Claim| !matches!(claim.state(), State::InReview | State::Recalled);
                let owed: i64 = claims.iter().filter(stands).map(payer_part).sum();
                let used = standing(&service, &visits).await;
                let ceiling =
                    used.iter().find(|(account, ..)| account == "ALL").map_or(0, |(_, used, _)| *used);
                prop_assert_eq!(ceiling, owed, "after {:?}", step);
                prop_assert!(ceiling <= CEILING);
            }
            let mut left = 0;
            for claim in &claims {
                if service.recall(claim).await.is_err() && claim.state() != State::Recalled {
                    left += payer_part(claim);
                }
            }
            let used = standing(&service, &visits).await;
            let ceiling = used.iter().find(|(account, ..)| account == "ALL").map_or(0, |(_, used, _)| *used);
            prop_assert_eq!(ceiling, left);
            if left == 0 && claims.iter().all(|claim| claim.appeal.is_none()) {
                prop_assert!(
                    used.iter().all(|(_, used, reserved)| (*used, *reserved) == (0, 0)),
                    "{:?}",
                    used
                );
            }
            service.ledger().await;
            Ok(())
        })
    });
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_submissions_of_a_hundred_claims_make_a_hundred() {
    let service = TestVisits::for_claims().await;
    let visit = service.outpatient("UM-1").await;
    service.price_each("D", CLAIMS, 1_000).await;
    let keys: Vec<String> = (0..CLAIMS).map(|_| key()).collect();
    let answered = service.rows_of("idempotency_record").await;

    // The claim that each was told of, and whether as its own. Those of one claim come one after the other, so that they
    // race for it; every fourth has a key of its own, the others share one.
    let has_own_key = |n: usize| n % 4 == 3;
    let told: Vec<(String, bool)> = stream::iter(0..CLAIMS * SUBMISSIONS)
        .map(|n| {
            let claim = n / SUBMISSIONS;
            let (key, code) = (if has_own_key(n) { key() } else { keys[claim].clone() }, format!("D{claim}"));
            let (service, visit) = (&service, &visit);
            async move {
                let create = async || service.create(&key, input(visit, vec![line(&code)], &code)).await;
                match insistently(create).await {
                    Ok(claim) => (claim.claim_id, true),
                    Err(error) => {
                        assert_eq!(error.reason(), "DUPLICATE_CLAIM", "{error}");
                        (error.fact("claimId").unwrap().to_owned(), false)
                    }
                }
            }
        })
        .buffered(16)
        .collect()
        .await;

    for told in told.chunks(SUBMISSIONS) {
        assert!(told.iter().all(|(claim, _)| *claim == told[0].0), "one claim");
        let owners = |own: bool| {
            let asked = told.iter().enumerate().filter(|(n, _)| has_own_key(*n) == own);
            asked.filter(|(_, (_, owner))| *owner).count()
        };
        // Whichever key came first has the claim, however often it asks; and no other key has it.
        let (shared, own) = (owners(false), owners(true));
        assert!((shared, own) == (SUBMISSIONS * 3 / 4, 0) || (shared, own) == (0, 1), "{shared} and {own}");
    }
    let claims = i64::try_from(CLAIMS).unwrap();
    for table in ["claim", "service_line", "benefit_entry"] {
        assert_eq!(service.rows_of(table).await, claims, "{table}");
    }
    assert_eq!(
        service.rows_of("idempotency_record").await,
        answered + claims,
        "a refusal is kept under no key"
    );
    assert_eq!((service.said("ClaimSubmitted").await, service.said("ClaimDecided").await), (claims, claims));
    assert_eq!(service.ledger().await, (900 * claims, 0));
}

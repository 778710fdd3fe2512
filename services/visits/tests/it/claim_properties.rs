//! What holds of claims whatever happens: recalls leave no trace in the ledger, the same again adds nothing, and a ceiling
//! is never passed. Against the real store, within a minute each.

use std::sync::atomic::{AtomicU32, Ordering};

use careway_contract::visits::v1::{
    claim::State, claim_line_decision::Decision, plan_limit::Period, plan_limit::Scope, *,
};
use futures::{StreamExt, stream};
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use sqlx::Connection;
use uuid::Uuid;

use crate::{
    claim_desk::{CEILING, decision, excluded, family_plan, line, payer_part, wish},
    desk::{Desk, key},
};

/// Submissions of what was submitted before: most under the key it has, the others under keys of their own.
const DUPLICATES: (usize, usize) = (7_500, 2_500);
/// Claims and reservations that race for one ceiling.
const RACERS: (usize, usize) = (1_000, 4_000);

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
async fn family(desk: &Desk) -> [Visit; 2] {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let family = Uuid::now_v7();
    let mut visits = Vec::new();
    for _ in 0..2 {
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let member = desk.member(&format!("UM-{n}"), &format!("11990700{n:08}")).await;
        sqlx::query("update coverage set family_id = $1 where member_id = $2")
            .bind(family)
            .bind(member.uuid())
            .execute(&desk.admin)
            .await
            .unwrap();
        visits.push(desk.admitted(&format!("UM-{n}"), "OUTPATIENT").await);
    }
    visits.try_into().unwrap()
}

/// What stands on the accounts of these visits' family, by account.
async fn standing(desk: &Desk, visits: &[Visit; 2]) -> Vec<(String, i64, i64)> {
    sqlx::query_as(
        "select account, sum(used)::bigint, sum(reserved)::bigint from benefit_balance
         where holder_id in (
            select unnest(array[c.family_id, c.member_id]) from visit v join coverage c using (coverage_id)
            where v.visit_id = any ($1))
         group by account order by account",
    )
    .bind(visits.iter().map(|visit| Uuid::parse_str(&visit.visit_id).unwrap()).collect::<Vec<_>>())
    .fetch_all(&desk.admin)
    .await
    .unwrap()
}

#[test]
fn whatever_happened_recalls_leave_the_ledger_as_before() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let desk = runtime.block_on(async {
        let desk = Desk::open_with(plan()).await;
        for code in 0..400 {
            desk.price(&format!("P{code}"), 10_000).await;
        }
        desk
    });
    let code = AtomicU32::new(0);
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() });
    let outcome = runner.run(&moves(), |moves| {
        runtime.block_on(async {
            let visits = family(&desk).await;
            desk.rules(Some(1_000_000)).await;
            let mut claims: Vec<Claim> = Vec::new();
            for step in &moves {
                let picked = |at: u8| (!claims.is_empty()).then(|| usize::from(at) % claims.len());
                match step {
                    Move::Submit { member, quantity, excluded: out } => {
                        let code = format!("P{}", code.fetch_add(1, Ordering::Relaxed) % 400);
                        let made = if *out { excluded(&code) } else { line(&code) };
                        let lines = vec![CareLineInput { quantity: quantity.to_string(), ..made }];
                        claims.push(desk.submitted(&visits[usize::from(*member)], lines).await.unwrap());
                    }
                    Move::Review { claim, reject } => {
                        let Some(at) = picked(*claim) else { continue };
                        let decisions =
                            vec![decision(1, if *reject { Decision::Reject } else { Decision::Accept })];
                        if let Ok(claim) = desk.reviewed(&claims[at], decisions).await {
                            claims[at] = claim;
                        }
                    }
                    Move::Recall(claim) => {
                        let Some(at) = picked(*claim) else { continue };
                        if let Ok(claim) = desk.recall(&claims[at]).await {
                            claims[at] = claim;
                        }
                    }
                    Move::Appeal { claim, overturn } => {
                        let Some(at) = picked(*claim) else { continue };
                        let Ok(appealed) = desk.appeal(&claims[at]).await else { continue };
                        let decisions = overturn.then(|| vec![decision(1, Decision::Accept)]);
                        claims[at] = match desk.answer_appeal(&appealed, decisions).await {
                            Ok(claim) => claim,
                            // It would pay less now: the decision stands.
                            Err(_) => desk.answer_appeal(&appealed, None).await.unwrap(),
                        };
                    }
                    Move::Limit(automatic) => desk.rules(automatic.then_some(1_000_000)).await,
                }
                let stands = |claim: &&Claim| !matches!(claim.state(), State::InReview | State::Recalled);
                let owed: i64 = claims.iter().filter(stands).map(payer_part).sum();
                let used = standing(&desk, &visits).await;
                let ceiling =
                    used.iter().find(|(account, ..)| account == "ALL").map_or(0, |(_, used, _)| *used);
                prop_assert_eq!(ceiling, owed, "after {:?}", step);
                prop_assert!(ceiling <= CEILING);
            }
            let mut left = 0;
            for claim in &claims {
                if desk.recall(claim).await.is_err() && claim.state() != State::Recalled {
                    left += payer_part(claim);
                }
            }
            let used = standing(&desk, &visits).await;
            let ceiling = used.iter().find(|(account, ..)| account == "ALL").map_or(0, |(_, used, _)| *used);
            prop_assert_eq!(ceiling, left);
            if left == 0 && claims.iter().all(|claim| claim.appeal.is_none()) {
                prop_assert!(
                    used.iter().all(|(_, used, reserved)| (*used, *reserved) == (0, 0)),
                    "{:?}",
                    used
                );
            }
            desk.ledger().await;
            Ok(())
        })
    });
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_repeated_submissions_add_no_row() {
    let desk = Desk::for_claims().await;
    let visit = desk.outpatient("UM-1").await;
    let codes: Vec<String> = ('B'..='K').map(String::from).collect();
    let keys: Vec<String> = codes.iter().map(|_| key()).collect();
    let submit = |key: String, code: String| {
        let (desk, visit) = (&desk, &visit);
        async move { desk.create(&key, wish(visit, vec![line(&code)], &code)).await }
    };
    let mut first = Vec::new();
    for (key, code) in keys.iter().zip(&codes) {
        first.push(submit(key.clone(), code.clone()).await.unwrap().claim_id);
    }
    let tables = ["claim", "care_line", "benefit_entry", "benefit_balance", "idempotency_record"];
    let mut before = Vec::new();
    for table in tables {
        before.push(desk.count(table).await);
    }
    let said = desk.said("ClaimSubmitted").await;

    let (same_key, own_key) = DUPLICATES;
    let outcomes: Vec<bool> = stream::iter(0..same_key + own_key)
        .map(|n| {
            let at = n % codes.len();
            let (is_replay, first) = (n < same_key, &first[at]);
            let request = submit(if is_replay { keys[at].clone() } else { key() }, codes[at].clone());
            async move {
                match request.await {
                    Ok(claim) => is_replay && claim.claim_id == *first,
                    Err(error) => !is_replay && error.fact("claimId") == Some(first.as_str()),
                }
            }
        })
        .buffer_unordered(8)
        .collect()
        .await;
    assert_eq!(outcomes.iter().filter(|right| **right).count(), same_key + own_key);
    for (table, before) in tables.into_iter().zip(before) {
        assert_eq!(desk.count(table).await, before, "{table}");
    }
    assert_eq!(desk.said("ClaimSubmitted").await, said);
    assert_eq!(desk.ledger().await, (90_000, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_claims_and_reservations_never_pass_a_familys_ceiling() {
    let desk = Desk::for_claims().await;
    let visits = family(&desk).await;
    sqlx::query(
        "insert into tariff (tariff_id, payer_id, code, kind, names, search, benefits, currency, price, valid_from,
            created_at, changed_at)
         select gen_random_uuid(), $1, 'R' || n, 'SERVICE', '{\"en\": \"Racer\"}', 'r', '{CARE}', 'RWF', 100 + n % 900,
            '2020-01-01', now(), now() from generate_series(0, 999) n",
    )
    .bind(desk.payer.organization.uuid())
    .execute(&desk.admin)
    .await
    .unwrap();
    let coverage: Uuid = sqlx::query_scalar("select coverage_id from visit where visit_id = $1")
        .bind(Uuid::parse_str(&visits[0].visit_id).unwrap())
        .fetch_one(&desk.admin)
        .await
        .unwrap();
    let year = desk.clock.now().format("%Y").to_string();
    let reserve = |amount: i64| {
        let (desk, year) = (&desk, &year);
        async move {
            let posting = serde_json::json!([{
                "account": "ALL", "scope": "FAMILY", "period": "POLICY_YEAR", "period_key": format!("Y:{year}-01-01"),
                "starts_on": format!("{year}-01-01"), "ends_on": format!("{year}-12-31"), "unit": "AMOUNT",
                "amount": amount, "most": CEILING, "cause_kind": "PREAUTHORIZATION_LINE", "cause_id": Uuid::now_v7(),
            }]);
            let mut admin = desk.admin.acquire().await.unwrap();
            let mut tx = admin.begin().await.unwrap();
            sqlx::query("select set_config('careway.purpose', 'test', true)")
                .execute(&mut *tx)
                .await
                .unwrap();
            let taken = sqlx::query("select benefit_take($1, 'RESERVE', now(), $2)")
                .bind(coverage)
                .bind(posting)
                .execute(&mut *tx)
                .await;
            match taken {
                Ok(_) => {
                    tx.commit().await.unwrap();
                    amount
                }
                Err(refused) => {
                    let constraint =
                        refused.as_database_error().and_then(|it| it.constraint().map(str::to_owned));
                    assert_eq!(constraint.as_deref(), Some("benefit_balance_within_limit"), "{refused}");
                    0
                }
            }
        }
    };
    let (claims, reservations) = RACERS;
    let every = (claims + reservations) / claims;
    let outcomes: Vec<(i64, i64)> = stream::iter(0..claims + reservations)
        .map(|n| {
            let (desk, visit, reserve) = (&desk, &visits[n % 2], &reserve);
            async move {
                if n % every != 0 {
                    return (0, reserve(1 + i64::try_from(n).unwrap() % 40).await);
                }
                let lines = vec![line(&format!("R{}", n / every))];
                let key = key();
                loop {
                    match desk.create(&key, wish(visit, lines.clone(), "")).await {
                        Ok(claim) => return (payer_part(&claim), 0),
                        Err(error) => {
                            assert!(matches!(error.reason(), "BUSY" | "DATABASE_UNAVAILABLE"), "{error}")
                        }
                    }
                }
            }
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let used: i64 = outcomes.iter().map(|(used, _)| used).sum();
    let reserved: i64 = outcomes.iter().map(|(_, reserved)| reserved).sum();
    assert_eq!(desk.ledger().await, (used, reserved));
    assert!(used + reserved <= CEILING && used + reserved > CEILING - 1_000, "{used} and {reserved}");
    assert!(used > 0 && reserved > 0);
}

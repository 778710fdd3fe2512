//! Lines against many at once, strangers and repetition: real Postgres.

mod admissions;
mod facts;

use careway_kernel::{FamilyId, ServiceLineId};
use careway_testing::{FaultProxy, TestDatabase};
use futures::{StreamExt, stream};
use uuid::Uuid;

use crate::{
    MIGRATOR, NAME,
    adjudication::{input::Review, outcome::Determination, quantity::Quantity, refusal::Refusal},
    benefits::domain::{ledger::Standing, posting::Taking},
    service_lines::{
        domain::{Decision, Owner, OwnerKind, ServiceLine},
        store::SaveLines,
    },
    tests::benefits::count_differences,
};
use admissions::{Admissions, CEILING, save_lines};

fn refusals(line: &ServiceLine) -> Vec<Refusal> {
    line.settled.as_ref().unwrap().refusals.iter().map(|it| it.refusal).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_claims_at_once_never_exceed_a_familys_ceiling() {
    let admissions = Admissions::open().await;
    let family = FamilyId::new(&admissions.clock);
    let members = [
        admissions.admitted_to(admissions.facility, family, "2026-06-10").await,
        admissions.admitted_to(admissions.facility, family, "2026-06-10").await,
    ];
    sqlx::query(
        "insert into tariff (tariff_id, payer_id, code, kind, names, search, benefits, currency, price, valid_from,
            created_at, changed_at)
         select gen_random_uuid(), $1, 'X' || n, 'SERVICE', '{}', '', '{CONS}', 'RWF', 17, '2026-01-01', now(), now()
         from generate_series(0, 1199) n",
    )
    .bind(admissions.payer.uuid())
    .execute(&admissions.admin)
    .await
    .unwrap();
    // No balance is there when they start: the first ones make it, and find each other doing so.
    let paid: Vec<i64> = stream::iter(0..1200_usize)
        .map(|n| {
            let (admissions, at) = (&admissions, &members[n % 2]);
            async move {
                let mut lines = [admissions.line(1, &format!("X{n}"), "2026-06-10")];
                let (settlement, _) = admissions.submit(OwnerKind::Claim, at, &mut lines).await.unwrap();
                settlement.totals.payer
            }
        })
        .buffer_unordered(14)
        .collect()
        .await;
    // Four fifths of 17 are 14 to the payer: more than the ceiling would be paid, were it not there.
    assert_eq!(paid.iter().filter(|paid| **paid == 14).count(), 714);
    assert_eq!(paid.iter().sum::<i64>(), CEILING);
    assert_eq!(admissions.ceiling().await, (CEILING, 0));
    let kept: i64 = sqlx::query_scalar("select sum(payer)::bigint from service_line")
        .fetch_one(&admissions.admin)
        .await
        .unwrap();
    assert_eq!(kept, CEILING);
    assert_eq!(count_differences(&admissions.db).await, 0);
}

#[tokio::test]
async fn a_claim_of_five_lines_costs_four_round_trips() {
    let database = TestDatabase::create(NAME, &MIGRATOR).await;
    let (proxy, url) = FaultProxy::before(&database.url_app).await;
    let admissions = Admissions::open_at(database, &url).await;
    for n in 0..5 {
        admissions.price(None, &format!("X{n}"), "CONS", 10, "2026-01-01").await;
    }
    let mut fewest = u64::MAX;
    for _ in 0..6 {
        let at = admissions.admitted().await;
        let mut lines: Vec<ServiceLine> =
            (0..5).map(|n| admissions.line(n + 1, &format!("X{n}"), "2026-06-10")).collect();
        let before = proxy.round_trips();
        admissions.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
        fewest = fewest.min(proxy.round_trips() - before);
    }
    assert_eq!(fewest, 4, "begin, lock and read, write and post, commit");
}

#[tokio::test]
async fn lines_are_kept_as_they_were_settled_and_decided_with_their_diagnoses_sealed() {
    let admissions = Admissions::open().await;
    let at = admissions.admitted().await;
    let mut lines = [
        admissions.line(1, "CONS-GP", "2026-06-10"),
        admissions.line(2, "LENS", "2026-06-10"),
        admissions.line(3, "SCAN-CT", "2026-06-10"),
    ];
    lines[0].decision = Some(Decision {
        review: Review::Adjust { quantity: None, unit_price: Some(400), reason: "As last time.".to_owned() },
        by: at.visit.uuid(),
        at: admissions.clock.now(),
    });
    lines[1].decision = Some(Decision {
        review: Review::Reject { refusal: Refusal::NotNecessary, text: "No reason given.".to_owned() },
        by: at.visit.uuid(),
        at: admissions.clock.now(),
    });
    let (settlement, owner) = admissions.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    assert_eq!(settlement.determination, Determination::PartiallyApproved);
    assert_eq!(settlement.totals.payer, 320);
    assert_eq!(refusals(&lines[1]), [Refusal::NotNecessary]);
    assert_eq!(refusals(&lines[2]), [Refusal::NoApproval]);
    assert_eq!(admissions.kept(admissions.facility, &owner).await, lines);
    let row: String = sqlx::query_scalar("select string_agg(l::text, '') from service_line l")
        .fetch_one(&admissions.admin)
        .await
        .unwrap();
    let plain: Vec<u8> = sqlx::query_scalar("select string_agg(sealed_details, '') from service_line")
        .fetch_one(&admissions.admin)
        .await
        .unwrap();
    for secret in ["J06.9", "No reason given"] {
        assert!(
            !row.contains(secret) && !plain.windows(secret.len()).any(|it| it == secret.as_bytes()),
            "{secret}"
        );
    }
}

#[tokio::test]
async fn the_same_care_is_claimed_once_until_its_claim_is_undone() {
    let admissions = Admissions::open().await;
    let at = admissions.admitted().await;
    let claim = || [admissions.line(1, "CONS-GP", "2026-06-10"), admissions.line(2, "CONS-GP", "2026-06-10")];
    let mut first = claim();
    let (settlement, owner) = admissions.submit(OwnerKind::Claim, &at, &mut first).await.unwrap();
    assert_eq!(settlement.totals.payer, 400);
    assert_eq!(refusals(&first[1]), [Refusal::ClaimedTwice]);
    let mut again = claim();
    let (settlement, _) = admissions.submit(OwnerKind::Claim, &at, &mut again).await.unwrap();
    assert_eq!(
        (settlement.determination, refusals(&again[0])),
        (Determination::Rejected, vec![Refusal::ClaimedBefore])
    );
    // Whoever claims it past adjudication is told by the database.
    let forced =
        sqlx::query("update service_line set active = true, determination = 'APPROVED' where line_id = $1")
            .bind(again[0].id)
            .execute(&admissions.admin)
            .await
            .unwrap_err();
    assert_eq!(forced.as_database_error().unwrap().constraint(), Some("service_line_claimed_once"));

    assert_eq!(admissions.undo(&owner).await, 1);
    assert_eq!(admissions.undo(&owner).await, 0, "repeated");
    assert_eq!(admissions.ceiling().await, (0, 0));
    assert!(admissions.kept(admissions.facility, &owner).await.iter().all(|line| !line.active));
    let (settlement, _) = admissions.submit(OwnerKind::Claim, &at, &mut claim()).await.unwrap();
    assert_eq!(settlement.totals.payer, 400);
    assert_eq!(count_differences(&admissions.db).await, 0);
}

#[tokio::test]
async fn a_claim_draws_on_what_was_approved_and_no_more() {
    let admissions = Admissions::open().await;
    let at = admissions.admitted().await;
    let mut asked = [admissions.line(1, "SCAN-CT", "2026-06-10")];
    let (_, approval) = admissions.submit(OwnerKind::Preauthorization, &at, &mut asked).await.unwrap();
    assert_eq!(admissions.ceiling().await, (0, 3_200));

    let mut lines = [admissions.line(1, "SCAN-CT", "2026-06-10")];
    lines[0].asked.quantity = Quantity::parse("2").unwrap();
    let (settlement, claim) = admissions.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    assert_eq!(refusals(&lines[0]), [Refusal::MoreThanApproved]);
    assert_eq!(settlement.totals.payer, 3_200);
    assert_eq!(admissions.ceiling().await, (3_200, 0));

    // Nothing is left of it for another day; recalled, it is there again.
    let next = [admissions.line(1, "SCAN-CT", "2026-06-10")];
    let facts = admissions.facts(admissions.facility, &at, None, &next).await.unwrap();
    assert_eq!((facts.approvals[0].approval.quantity, &facts.approvals[0].held), (None, &vec![]));
    assert_eq!(admissions.undo(&claim).await, 1);
    let facts = admissions.facts(admissions.facility, &at, None, &next).await.unwrap();
    assert_eq!(
        (facts.approvals[0].approval.quantity, facts.approvals[0].held.len()),
        (Some(Quantity::ONE), 1)
    );
    assert_eq!(admissions.ceiling().await, (0, 3_200));
    assert_eq!(admissions.undo(&approval).await, 1);
    assert!(admissions.facts(admissions.facility, &at, None, &next).await.unwrap().approvals.is_empty());
    assert_eq!(admissions.ceiling().await, (0, 0));
    assert_eq!(count_differences(&admissions.db).await, 0);
}

#[tokio::test]
async fn what_is_decided_anew_forgets_what_it_did_itself_and_keeps_its_prices() {
    let admissions = Admissions::open().await;
    let at = admissions.admitted().await;
    let mut lines = [admissions.line(1, "CONS-GP", "2026-06-10")];
    let (settlement, owner) = admissions.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    sqlx::query("update tariff set price = 100").execute(&admissions.admin).await.unwrap();
    let facts = admissions.facts(admissions.payer, &at, Some(owner.id), &lines).await.unwrap();
    assert!(facts.history.is_empty() && facts.balances.iter().all(|(_, it)| *it == Standing::default()));
    let mut anew = admissions.kept(admissions.payer, &owner).await;
    // A line that was posted is replaced when it is decided anew.
    let replacement = ServiceLine { id: ServiceLineId::new(&admissions.clock).uuid(), ..anew[0].clone() };
    anew[0].active = false;
    anew[0].replaced_by = Some(replacement.id);
    anew.push(replacement);
    let again = facts.adjudicate(&admissions.plan.definition, OwnerKind::Claim, &mut anew[1..]);
    assert_eq!(again.totals, settlement.totals);

    let mut tx = admissions.db.begin(&admissions.by(admissions.payer)).await.unwrap();
    let keeping = SaveLines {
        owner: &owner,
        parties: &facts.parties,
        lines: &anew,
        undone: &[lines[0].id],
        taking: Taking::Commit,
        postings: &again.postings,
        at: tx.now(),
    };
    let made = save_lines(&mut tx, &admissions.keys, &keeping).await.unwrap();
    tx.finish().await.unwrap();
    assert_eq!(made, 2, "one taken back, one taken");
    assert_eq!(admissions.ceiling().await, (400, 0));
    assert_eq!(admissions.kept(admissions.payer, &owner).await, anew[1..]);
    assert_eq!(count_differences(&admissions.db).await, 0);
}

#[tokio::test]
async fn a_settled_line_is_not_deleted_and_a_drafts_lines_are() {
    let admissions = Admissions::open().await;
    let at = admissions.admitted().await;
    let facts = admissions.facts(admissions.facility, &at, None, &[]).await.unwrap();
    let owner = Owner { kind: OwnerKind::Claim, id: Uuid::now_v7(), number: None };
    let draft = [admissions.line(1, "CONS-GP", "2026-06-10")];
    let mut tx = admissions.db.begin(&admissions.by(admissions.facility)).await.unwrap();
    let keeping = SaveLines {
        owner: &owner,
        parties: &facts.parties,
        lines: &draft,
        undone: &[],
        taking: Taking::Commit,
        postings: &[],
        at: tx.now(),
    };
    save_lines(&mut tx, &admissions.keys, &keeping).await.unwrap();
    tx.finish().await.unwrap();
    assert_eq!(admissions.kept(admissions.facility, &owner).await, draft);

    let (_, submitted) = admissions
        .submit(OwnerKind::Claim, &at, &mut draft.clone().map(|it| ServiceLine { id: Uuid::now_v7(), ..it }))
        .await
        .unwrap();
    let mut tx = admissions.db.begin(&admissions.by(admissions.facility)).await.unwrap();
    sqlx::query("delete from service_line").execute(&mut *tx).await.unwrap();
    tx.finish().await.unwrap();
    assert!(admissions.kept(admissions.facility, &owner).await.is_empty());
    assert_eq!(admissions.kept(admissions.facility, &submitted).await.len(), 1);
}

//! The care layer against many at once, strangers and repetition: real Postgres.

use careway_kernel::{CareLineId, FamilyId};
use careway_testing::{FaultProxy, TestDatabase};
use futures::{StreamExt, stream};

use super::*;
use crate::{
    adjudication::{case::Review, outcome::Verdict, refusal::Refusal},
    benefits::{domain::posting::Taking, store::posting::tests::count_differences},
    payer_rules::{
        self,
        domain::{ClaimRules, MedicalFileSharing},
    },
    service_lines::{
        domain::{CareLine, Decision, Owner, OwnerKind},
        store::{SaveLines, list_lines},
    },
};

#[path = "facts_tests_fixtures.rs"]
mod clinic;

use clinic::{Admitted, CEILING, Clinic, code, day, save_lines};

fn refusals(line: &CareLine) -> Vec<Refusal> {
    line.settled.as_ref().unwrap().refusals.iter().map(|it| it.refusal).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_claims_at_once_never_exceed_a_familys_ceiling() {
    let clinic = Clinic::open().await;
    let family = FamilyId::new(&clinic.clock);
    let members = [
        clinic.admitted_to(clinic.facility, family, "2026-06-10").await,
        clinic.admitted_to(clinic.facility, family, "2026-06-10").await,
    ];
    sqlx::query(
        "insert into tariff (tariff_id, payer_id, code, kind, names, search, benefits, currency, price, valid_from,
            created_at, changed_at)
         select gen_random_uuid(), $1, 'X' || n, 'SERVICE', '{}', '', '{CONS}', 'RWF', 17, '2026-01-01', now(), now()
         from generate_series(0, 1199) n",
    )
    .bind(clinic.payer.uuid())
    .execute(&clinic.admin)
    .await
    .unwrap();
    // No balance is there when they start: the first ones make it, and find each other doing so.
    let paid: Vec<i64> = stream::iter(0..1200_usize)
        .map(|n| {
            let (clinic, at) = (&clinic, &members[n % 2]);
            async move {
                let mut lines = [clinic.line(1, &format!("X{n}"), "2026-06-10")];
                let (settlement, _) = clinic.submit(OwnerKind::Claim, at, &mut lines).await.unwrap();
                settlement.totals.payer
            }
        })
        .buffer_unordered(14)
        .collect()
        .await;
    // Four fifths of 17 are 14 to the payer: more than the ceiling would be paid, were it not there.
    assert_eq!(paid.iter().filter(|paid| **paid == 14).count(), 714);
    assert_eq!(paid.iter().sum::<i64>(), CEILING);
    assert_eq!(clinic.ceiling().await, (CEILING, 0));
    let kept: i64 = sqlx::query_scalar("select sum(payer)::bigint from care_line")
        .fetch_one(&clinic.admin)
        .await
        .unwrap();
    assert_eq!(kept, CEILING);
    assert_eq!(count_differences(&clinic.db).await, 0);
}

#[tokio::test]
async fn a_claim_of_five_lines_costs_four_round_trips() {
    let database = TestDatabase::create("visits", &crate::MIGRATOR).await;
    let (proxy, url) = FaultProxy::before(&database.url_app).await;
    let clinic = Clinic::open_at(database, &url).await;
    for n in 0..5 {
        clinic.price(None, &format!("X{n}"), "CONS", 10, "2026-01-01").await;
    }
    let mut fewest = u64::MAX;
    for _ in 0..6 {
        let at = clinic.admitted().await;
        let mut lines: Vec<CareLine> =
            (0..5).map(|n| clinic.line(n + 1, &format!("X{n}"), "2026-06-10")).collect();
        let before = proxy.round_trips();
        clinic.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
        fewest = fewest.min(proxy.round_trips() - before);
    }
    assert_eq!(fewest, 4, "begin, lock and read, write and post, commit");
}

#[tokio::test]
async fn a_price_is_the_facilitys_own_or_the_general_one_of_the_day() {
    let clinic = Clinic::open().await;
    let other = OrganizationId::new(&clinic.clock);
    clinic.contract(other).await;
    sqlx::query("update tariff set valid_to = '2026-06-30' where code = 'CONS-GP'")
        .execute(&clinic.admin)
        .await
        .unwrap();
    clinic.price(None, "CONS-GP", "CONS", 600, "2026-07-01").await;
    clinic.price(Some(clinic.facility), "LENS", "GLASSES", 800, "2026-06-11").await;
    let lines = [
        clinic.line(1, "CONS-GP", "2026-06-30"),
        clinic.line(2, "CONS-GP", "2026-07-01"),
        clinic.line(3, "LENS", "2026-06-10"),
        clinic.line(4, "LENS", "2026-06-11"),
        clinic.line(5, "NONE", "2026-06-10"),
        clinic.line(6, "CONS-GP", "2025-12-31"),
    ];
    let own = clinic.admitted().await;
    let prices = |facts: CareFacts| {
        let mut prices: Vec<_> = facts
            .tariffs
            .iter()
            .map(|it| (it.tariff.code.clone(), it.day.to_string(), it.tariff.price))
            .collect();
        prices.sort();
        prices
    };
    let expected = |last| {
        [
            ("CONS-GP", "2026-06-30", 500),
            ("CONS-GP", "2026-07-01", 600),
            ("LENS", "2026-06-10", 900),
            ("LENS", "2026-06-11", last),
        ]
        .map(|(code, day, price)| (code.to_owned(), day.to_owned(), price))
    };
    assert_eq!(prices(clinic.facts(clinic.facility, &own, None, &lines).await.unwrap()), expected(800));
    let elsewhere = clinic.admitted_to(other, FamilyId::new(&clinic.clock), "2026-06-10").await;
    assert_eq!(prices(clinic.facts(other, &elsewhere, None, &lines).await.unwrap()), expected(900));
}

#[tokio::test]
async fn only_the_parties_see_a_visits_care() {
    let clinic = Clinic::open().await;
    let at = clinic.admitted().await;
    let stranger = OrganizationId::new(&clinic.clock);
    clinic.contract(stranger).await;
    let mut lines = [clinic.line(1, "CONS-GP", "2026-06-10")];
    assert!(clinic.facts(stranger, &at, None, &lines).await.is_none());
    let facts = clinic.facts(clinic.payer, &at, None, &lines).await.unwrap();
    assert_eq!((facts.place.facility, facts.place.member), (clinic.facility, at.coverage.member));
    assert_eq!((facts.rules, facts.last_day, facts.family_size), (Default::default(), day("2026-06-10"), 1));

    let (_, owner) = clinic.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    assert_eq!(clinic.kept(clinic.payer, &owner).await, lines);
    assert!(clinic.kept(stranger, &owner).await.is_empty());
    // Row-level security says so too, without the store's own predicate.
    let mut reader = clinic.db.read(&clinic.by(stranger)).await.unwrap();
    assert!(list_lines(&mut reader, &clinic.keys, None, &[owner.id]).await.unwrap().is_empty());
    // The caller it names must be the one it is.
    let wanted = [lines[0].asked.wanted()];
    let posing = Looking { visit: at.visit, party: Some(clinic.facility), owner: None, lines: &wanted };
    assert!(lock_care(&mut reader, &posing, clinic.clock.now()).await.unwrap().is_none());
    let posing = Looking { party: None, ..posing };
    assert!(lock_care(&mut reader, &posing, clinic.clock.now()).await.unwrap().is_none());
    // Who may only approve the visit's override is no party to its care.
    let approver = OrganizationId::new(&clinic.clock);
    sqlx::query("update visit set override_payer_id = $1")
        .bind(approver.uuid())
        .execute(&clinic.admin)
        .await
        .unwrap();
    assert!(clinic.facts(approver, &at, None, &lines).await.is_none());
}

#[tokio::test]
async fn the_payers_rules_are_among_the_facts() {
    let clinic = Clinic::open().await;
    let rules = ClaimRules {
        appeal_days: 14,
        medical_file_sharing: MedicalFileSharing::Never,
        version: 1,
        ..Default::default()
    };
    let mut tx = clinic.db.begin_unkeyed(&clinic.by(clinic.payer)).await.unwrap();
    let now = tx.now();
    assert!(payer_rules::store::upsert_claim_rules(&mut tx, clinic.payer, &rules, now).await.unwrap());
    tx.finish().await.unwrap();
    let at = clinic.admitted().await;
    assert_eq!(clinic.facts(clinic.facility, &at, None, &[]).await.unwrap().rules, rules);
}

#[tokio::test]
async fn lines_are_kept_as_they_were_settled_and_decided_with_their_diagnoses_sealed() {
    let clinic = Clinic::open().await;
    let at = clinic.admitted().await;
    let mut lines = [
        clinic.line(1, "CONS-GP", "2026-06-10"),
        clinic.line(2, "LENS", "2026-06-10"),
        clinic.line(3, "SCAN-CT", "2026-06-10"),
    ];
    lines[0].decision = Some(Decision {
        review: Review::Adjust { quantity: None, unit_price: Some(400), reason: "As last time.".to_owned() },
        by: at.visit.uuid(),
        at: clinic.clock.now(),
    });
    lines[1].decision = Some(Decision {
        review: Review::Reject { refusal: Refusal::NotNecessary, text: "No reason given.".to_owned() },
        by: at.visit.uuid(),
        at: clinic.clock.now(),
    });
    let (settlement, owner) = clinic.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    assert_eq!(settlement.verdict, Verdict::PartiallyApproved);
    assert_eq!(settlement.totals.payer, 320);
    assert_eq!(refusals(&lines[1]), [Refusal::NotNecessary]);
    assert_eq!(refusals(&lines[2]), [Refusal::NoApproval]);
    assert_eq!(clinic.kept(clinic.facility, &owner).await, lines);
    let row: String = sqlx::query_scalar("select string_agg(l::text, '') from care_line l")
        .fetch_one(&clinic.admin)
        .await
        .unwrap();
    let plain: Vec<u8> = sqlx::query_scalar("select string_agg(sealed_details, '') from care_line")
        .fetch_one(&clinic.admin)
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
    let clinic = Clinic::open().await;
    let at = clinic.admitted().await;
    let claim = || [clinic.line(1, "CONS-GP", "2026-06-10"), clinic.line(2, "CONS-GP", "2026-06-10")];
    let mut first = claim();
    let (settlement, owner) = clinic.submit(OwnerKind::Claim, &at, &mut first).await.unwrap();
    assert_eq!(settlement.totals.payer, 400);
    assert_eq!(refusals(&first[1]), [Refusal::ClaimedTwice]);
    let mut again = claim();
    let (settlement, _) = clinic.submit(OwnerKind::Claim, &at, &mut again).await.unwrap();
    assert_eq!((settlement.verdict, refusals(&again[0])), (Verdict::Rejected, vec![Refusal::ClaimedBefore]));
    // Whoever claims it past adjudication is told by the database.
    let forced = sqlx::query("update care_line set active = true, verdict = 'APPROVED' where line_id = $1")
        .bind(again[0].id)
        .execute(&clinic.admin)
        .await
        .unwrap_err();
    assert_eq!(forced.as_database_error().unwrap().constraint(), Some("care_line_claimed_once"));

    assert_eq!(clinic.undo(&owner).await, 1);
    assert_eq!(clinic.undo(&owner).await, 0, "repeated");
    assert_eq!(clinic.ceiling().await, (0, 0));
    assert!(clinic.kept(clinic.facility, &owner).await.iter().all(|line| !line.active));
    let (settlement, _) = clinic.submit(OwnerKind::Claim, &at, &mut claim()).await.unwrap();
    assert_eq!(settlement.totals.payer, 400);
    assert_eq!(count_differences(&clinic.db).await, 0);
}

#[tokio::test]
async fn care_is_not_given_too_soon_again_at_another_facility_either() {
    let clinic = Clinic::open().await;
    let at = clinic.admitted().await;
    let mut lens = [clinic.line(1, "LENS", "2026-06-10")];
    let (settlement, _) = clinic.submit(OwnerKind::Claim, &at, &mut lens).await.unwrap();
    assert_eq!(settlement.totals.payer, 720);
    let other = OrganizationId::new(&clinic.clock);
    clinic.contract(other).await;
    let elsewhere = clinic.visit(other, &at.coverage, "2026-06-12").await;
    let elsewhere = Admitted { visit: elsewhere, ..at };
    let mut again = [clinic.line(1, "LENS", "2026-06-12")];
    let facts = clinic.facts(other, &elsewhere, None, &again).await.unwrap();
    let earlier = Care { benefit: code("GLASSES"), code: "LENS".to_owned(), date: day("2026-06-10") };
    assert_eq!(facts.history, [earlier]);
    facts.adjudicate(&clinic.plan.definition, OwnerKind::Claim, &mut again);
    assert_eq!(refusals(&again[0]), [Refusal::TooSoon]);
}

#[tokio::test]
async fn a_claim_draws_on_what_was_approved_and_no_more() {
    let clinic = Clinic::open().await;
    let at = clinic.admitted().await;
    let mut asked = [clinic.line(1, "SCAN-CT", "2026-06-10")];
    let (_, approval) = clinic.submit(OwnerKind::Preauthorization, &at, &mut asked).await.unwrap();
    assert_eq!(clinic.ceiling().await, (0, 3_200));

    let mut lines = [clinic.line(1, "SCAN-CT", "2026-06-10")];
    lines[0].asked.quantity = Quantity::parse("2").unwrap();
    let (settlement, claim) = clinic.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    assert_eq!(refusals(&lines[0]), [Refusal::MoreThanApproved]);
    assert_eq!(settlement.totals.payer, 3_200);
    assert_eq!(clinic.ceiling().await, (3_200, 0));

    // Nothing is left of it for another day; recalled, it is there again.
    let next = [clinic.line(1, "SCAN-CT", "2026-06-10")];
    let facts = clinic.facts(clinic.facility, &at, None, &next).await.unwrap();
    assert_eq!((facts.approvals[0].approval.quantity, &facts.approvals[0].held), (None, &vec![]));
    assert_eq!(clinic.undo(&claim).await, 1);
    let facts = clinic.facts(clinic.facility, &at, None, &next).await.unwrap();
    assert_eq!(
        (facts.approvals[0].approval.quantity, facts.approvals[0].held.len()),
        (Some(Quantity::ONE), 1)
    );
    assert_eq!(clinic.ceiling().await, (0, 3_200));
    assert_eq!(clinic.undo(&approval).await, 1);
    assert!(clinic.facts(clinic.facility, &at, None, &next).await.unwrap().approvals.is_empty());
    assert_eq!(clinic.ceiling().await, (0, 0));
    assert_eq!(count_differences(&clinic.db).await, 0);
}

#[tokio::test]
async fn an_approval_is_found_by_its_number_by_those_who_know_of_it() {
    let clinic = Clinic::open().await;
    let at = clinic.admitted().await;
    let mut asked = [clinic.line(1, "SCAN-CT", "2026-06-10")];
    let (_, approval) = clinic.submit(OwnerKind::Preauthorization, &at, &mut asked).await.unwrap();
    let mut named = clinic.line(1, "SCAN-CT", "2026-06-10");
    named.asked.preauthorization = approval.number.clone();
    let named = [named];
    // Another patient of the facility: it is told that the approval is not theirs.
    let neighbour = clinic.admitted().await;
    let facts = clinic.facts(clinic.facility, &neighbour, None, &named).await.unwrap();
    let mut lines = named.clone();
    facts.adjudicate(&clinic.plan.definition, OwnerKind::Claim, &mut lines);
    assert_eq!(refusals(&lines[0]), [Refusal::ApprovalOfAnotherMember]);
    // Another patient of another facility: there is no such approval.
    let other = OrganizationId::new(&clinic.clock);
    clinic.contract(other).await;
    let elsewhere = clinic.admitted_to(other, FamilyId::new(&clinic.clock), "2026-06-10").await;
    assert!(clinic.facts(other, &elsewhere, None, &named).await.unwrap().approvals.is_empty());
}

#[tokio::test]
async fn what_is_decided_anew_forgets_what_it_did_itself_and_keeps_its_prices() {
    let clinic = Clinic::open().await;
    let at = clinic.admitted().await;
    let mut lines = [clinic.line(1, "CONS-GP", "2026-06-10")];
    let (settlement, owner) = clinic.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    sqlx::query("update tariff set price = 100").execute(&clinic.admin).await.unwrap();
    let facts = clinic.facts(clinic.payer, &at, Some(owner.id), &lines).await.unwrap();
    assert!(facts.history.is_empty() && facts.balances.iter().all(|(_, it)| *it == Standing::default()));
    let mut anew = clinic.kept(clinic.payer, &owner).await;
    // A line that was posted is replaced when it is decided anew.
    let replacement = CareLine { id: CareLineId::new(&clinic.clock).uuid(), ..anew[0].clone() };
    anew[0].active = false;
    anew[0].replaced_by = Some(replacement.id);
    anew.push(replacement);
    let again = facts.adjudicate(&clinic.plan.definition, OwnerKind::Claim, &mut anew[1..]);
    assert_eq!(again.totals, settlement.totals);

    let mut tx = clinic.db.begin_unkeyed(&clinic.by(clinic.payer)).await.unwrap();
    let keeping = SaveLines {
        owner: &owner,
        place: &facts.place,
        lines: &anew,
        undone: &[lines[0].id],
        taking: Taking::Commit,
        postings: &again.postings,
        at: tx.now(),
    };
    let made = save_lines(&mut tx, &clinic.keys, &keeping).await.unwrap();
    tx.finish().await.unwrap();
    assert_eq!(made, 2, "one taken back, one taken");
    assert_eq!(clinic.ceiling().await, (400, 0));
    assert_eq!(clinic.kept(clinic.payer, &owner).await, anew[1..]);
    assert_eq!(count_differences(&clinic.db).await, 0);
}

#[tokio::test]
async fn care_after_the_cover_ended_is_refused_but_not_on_the_verified_day() {
    let clinic = Clinic::open().await;
    let at = clinic.admitted().await;
    sqlx::query("update coverage set valid_to = '2026-06-09'").execute(&clinic.admin).await.unwrap();
    let mut lines = [clinic.line(1, "CONS-GP", "2026-06-10"), clinic.line(2, "LENS", "2026-06-11")];
    let (settlement, _) = clinic.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    assert_eq!(settlement.totals.payer, 400);
    assert_eq!((refusals(&lines[0]), refusals(&lines[1])), (vec![], vec![Refusal::CoverNotInForce]));
}

#[tokio::test]
async fn a_settled_line_is_not_deleted_and_a_drafts_lines_are() {
    let clinic = Clinic::open().await;
    let at = clinic.admitted().await;
    let facts = clinic.facts(clinic.facility, &at, None, &[]).await.unwrap();
    let owner = Owner { kind: OwnerKind::Claim, id: Uuid::now_v7(), number: None };
    let draft = [clinic.line(1, "CONS-GP", "2026-06-10")];
    let mut tx = clinic.db.begin_unkeyed(&clinic.by(clinic.facility)).await.unwrap();
    let keeping = SaveLines {
        owner: &owner,
        place: &facts.place,
        lines: &draft,
        undone: &[],
        taking: Taking::Commit,
        postings: &[],
        at: tx.now(),
    };
    save_lines(&mut tx, &clinic.keys, &keeping).await.unwrap();
    tx.finish().await.unwrap();
    assert_eq!(clinic.kept(clinic.facility, &owner).await, draft);

    let (_, submitted) = clinic
        .submit(OwnerKind::Claim, &at, &mut draft.clone().map(|it| CareLine { id: Uuid::now_v7(), ..it }))
        .await
        .unwrap();
    let mut tx = clinic.db.begin_unkeyed(&clinic.by(clinic.facility)).await.unwrap();
    sqlx::query("delete from care_line").execute(&mut *tx).await.unwrap();
    tx.finish().await.unwrap();
    assert!(clinic.kept(clinic.facility, &owner).await.is_empty());
    assert_eq!(clinic.kept(clinic.facility, &submitted).await.len(), 1);
}

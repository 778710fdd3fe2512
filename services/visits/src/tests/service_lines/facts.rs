//! What adjudication is told of a visit's care, and who is told.

use careway_kernel::{FamilyId, OrganizationId};

use super::{
    admissions::{Admissions, Admitted, code, day},
    refusals,
};
use crate::{
    adjudication::{input::PriorService, refusal::Refusal},
    payer_rules::{
        self,
        domain::{ClaimRules, MedicalFileSharing},
    },
    service_lines::{
        domain::{OwnerKind, facts::ServiceFacts},
        store::{
            facts::{FactsQuery, lock_facts},
            list_lines,
        },
    },
};

#[tokio::test]
async fn a_price_is_the_facilitys_own_or_the_general_one_of_the_day() {
    let admissions = Admissions::open().await;
    let other = OrganizationId::new(&admissions.clock);
    admissions.contract(other).await;
    sqlx::query("update tariff set valid_to = '2026-06-30' where code = 'CONS-GP'")
        .execute(&admissions.admin)
        .await
        .unwrap();
    admissions.price(None, "CONS-GP", "CONS", 600, "2026-07-01").await;
    admissions.price(Some(admissions.facility), "LENS", "GLASSES", 800, "2026-06-11").await;
    let lines = [
        admissions.line(1, "CONS-GP", "2026-06-30"),
        admissions.line(2, "CONS-GP", "2026-07-01"),
        admissions.line(3, "LENS", "2026-06-10"),
        admissions.line(4, "LENS", "2026-06-11"),
        admissions.line(5, "NONE", "2026-06-10"),
        admissions.line(6, "CONS-GP", "2025-12-31"),
    ];
    let own = admissions.admitted().await;
    let prices = |facts: ServiceFacts| {
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
    assert_eq!(
        prices(admissions.facts(admissions.facility, &own, None, &lines).await.unwrap()),
        expected(800)
    );
    let elsewhere = admissions.admitted_to(other, FamilyId::new(&admissions.clock), "2026-06-10").await;
    assert_eq!(prices(admissions.facts(other, &elsewhere, None, &lines).await.unwrap()), expected(900));
}

#[tokio::test]
async fn nothing_is_agreed_after_the_contract_but_for_whoever_stays() {
    let admissions = Admissions::open().await;
    for (kind, last_day, to_last_day, priced) in [
        ("OUTPATIENT", "2026-06-11", false, 2),
        // On the visit's own day what was verified holds.
        ("OUTPATIENT", "2026-06-09", false, 1),
        ("INPATIENT", "2026-06-09", false, 3),
        ("INPATIENT", "2026-06-11", false, 3),
        ("INPATIENT", "2026-06-11", true, 2),
    ] {
        let at = admissions.admitted().await;
        sqlx::query("update contract set valid_to = $1, inpatients_to_last_day = $2")
            .bind(day(last_day))
            .bind(to_last_day)
            .execute(&admissions.admin)
            .await
            .unwrap();
        sqlx::query("update visit set service_type = $1")
            .bind(kind)
            .execute(&admissions.admin)
            .await
            .unwrap();
        let mut lines = [
            admissions.line(1, "CONS-GP", "2026-06-10"),
            admissions.line(2, "CONS-GP", "2026-06-11"),
            admissions.line(3, "CONS-GP", "2026-06-12"),
        ];
        admissions.submit(OwnerKind::Preauthorization, &at, &mut lines).await.unwrap();
        let agreed: Vec<_> =
            lines.iter().map(|line| !refusals(line).contains(&Refusal::NoAgreedPrice)).collect();
        let expected: Vec<_> = (0..3).map(|place| place < priced).collect();
        assert_eq!(agreed, expected, "{kind}, a contract until {last_day}");
    }
}

#[tokio::test]
async fn an_outpatients_care_is_of_the_day_and_the_night_after() {
    let admissions = Admissions::open().await;
    let mut lines = [
        admissions.line(1, "CONS-GP", "2026-06-10"),
        admissions.line(2, "CONS-GP", "2026-06-11"),
        admissions.line(3, "CONS-GP", "2026-06-12"),
    ];
    let at = admissions.admitted().await;
    admissions.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    assert_eq!(lines.each_ref().map(refusals), [vec![], vec![], vec![Refusal::OutsideVisit]]);
    assert_eq!(lines[2].settled.as_ref().unwrap().amounts.payer, 0);

    let mut asked = [admissions.line(1, "CONS-GP", "2026-06-12")];
    let at = admissions.admitted().await;
    admissions.submit(OwnerKind::Preauthorization, &at, &mut asked).await.unwrap();
    assert!(refusals(&asked[0]).is_empty(), "the payer may be asked for days to come");

    let mut stay = [admissions.line(1, "CONS-GP", "2026-06-12")];
    let at = admissions.admitted().await;
    sqlx::query("update visit set service_type = 'INPATIENT'").execute(&admissions.admin).await.unwrap();
    admissions.submit(OwnerKind::Claim, &at, &mut stay).await.unwrap();
    assert!(
        !refusals(&stay[0]).contains(&Refusal::OutsideVisit),
        "who stays is cared for until the discharge"
    );
}

#[tokio::test]
async fn only_the_parties_see_a_visits_care() {
    let admissions = Admissions::open().await;
    let at = admissions.admitted().await;
    let stranger = OrganizationId::new(&admissions.clock);
    admissions.contract(stranger).await;
    let mut lines = [admissions.line(1, "CONS-GP", "2026-06-10")];
    assert!(admissions.facts(stranger, &at, None, &lines).await.is_none());
    let facts = admissions.facts(admissions.payer, &at, None, &lines).await.unwrap();
    assert_eq!((facts.parties.facility, facts.parties.member), (admissions.facility, at.coverage.member));
    assert_eq!((facts.rules, facts.last_day, facts.family_size), (Default::default(), day("2026-06-10"), 1));

    let (_, owner) = admissions.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    assert_eq!(admissions.kept(admissions.payer, &owner).await, lines);
    assert!(admissions.kept(stranger, &owner).await.is_empty());
    // Row-level security says so too, without the store's own predicate.
    let mut reader = admissions.db.read(&admissions.by(stranger)).await.unwrap();
    assert!(list_lines(&mut reader, &admissions.keys, None, &[owner.id]).await.unwrap().is_empty());
    // The caller it names must be the one it is.
    let wanted = [lines[0].asked.query()];
    let posing =
        FactsQuery { visit: at.visit, party: Some(admissions.facility), owner: None, lines: &wanted };
    assert!(lock_facts(&mut reader, &posing, admissions.clock.now()).await.unwrap().is_none());
    let posing = FactsQuery { party: None, ..posing };
    assert!(lock_facts(&mut reader, &posing, admissions.clock.now()).await.unwrap().is_none());
    // Who may only approve the visit's override is no party to its care.
    let approver = OrganizationId::new(&admissions.clock);
    sqlx::query("update visit set override_payer_id = $1")
        .bind(approver.uuid())
        .execute(&admissions.admin)
        .await
        .unwrap();
    assert!(admissions.facts(approver, &at, None, &lines).await.is_none());
}

#[tokio::test]
async fn the_payers_rules_are_among_the_facts() {
    let admissions = Admissions::open().await;
    let rules = ClaimRules {
        appeal_days: 14,
        medical_file_sharing: MedicalFileSharing::Never,
        version: 1,
        ..Default::default()
    };
    let mut tx = admissions.db.begin(&admissions.by(admissions.payer)).await.unwrap();
    let now = tx.now();
    assert!(payer_rules::store::upsert_claim_rules(&mut tx, admissions.payer, &rules, now).await.unwrap());
    tx.finish().await.unwrap();
    let at = admissions.admitted().await;
    assert_eq!(admissions.facts(admissions.facility, &at, None, &[]).await.unwrap().rules, rules);
}

#[tokio::test]
async fn care_is_not_given_too_soon_again_at_another_facility_either() {
    let admissions = Admissions::open().await;
    let at = admissions.admitted().await;
    let mut lens = [admissions.line(1, "LENS", "2026-06-10")];
    let (settlement, _) = admissions.submit(OwnerKind::Claim, &at, &mut lens).await.unwrap();
    assert_eq!(settlement.totals.payer, 720);
    let other = OrganizationId::new(&admissions.clock);
    admissions.contract(other).await;
    let elsewhere = admissions.visit(other, &at.coverage, "2026-06-12").await;
    let elsewhere = Admitted { visit: elsewhere, ..at };
    let mut again = [admissions.line(1, "LENS", "2026-06-12")];
    let facts = admissions.facts(other, &elsewhere, None, &again).await.unwrap();
    let earlier = PriorService { benefit: code("GLASSES"), code: "LENS".to_owned(), date: day("2026-06-10") };
    assert_eq!(facts.history, [earlier]);
    facts.adjudicate(&admissions.plan.definition, OwnerKind::Claim, &mut again);
    assert_eq!(refusals(&again[0]), [Refusal::TooSoon]);
}

#[tokio::test]
async fn an_approval_is_found_by_its_number_by_those_who_know_of_it() {
    let admissions = Admissions::open().await;
    let at = admissions.admitted().await;
    let mut asked = [admissions.line(1, "SCAN-CT", "2026-06-10")];
    let (_, approval) = admissions.submit(OwnerKind::Preauthorization, &at, &mut asked).await.unwrap();
    let mut named = admissions.line(1, "SCAN-CT", "2026-06-10");
    named.asked.preauthorization = approval.number.clone();
    let named = [named];
    // Another patient of the facility: it is told that the approval is not theirs.
    let neighbour = admissions.admitted().await;
    let facts = admissions.facts(admissions.facility, &neighbour, None, &named).await.unwrap();
    let mut lines = named.clone();
    facts.adjudicate(&admissions.plan.definition, OwnerKind::Claim, &mut lines);
    assert_eq!(refusals(&lines[0]), [Refusal::ApprovalOfAnotherMember]);
    // Another patient of another facility: there is no such approval.
    let other = OrganizationId::new(&admissions.clock);
    admissions.contract(other).await;
    let elsewhere = admissions.admitted_to(other, FamilyId::new(&admissions.clock), "2026-06-10").await;
    assert!(admissions.facts(other, &elsewhere, None, &named).await.unwrap().approvals.is_empty());
}

#[tokio::test]
async fn care_after_the_cover_ended_is_refused_but_not_on_the_verified_day() {
    let admissions = Admissions::open().await;
    let at = admissions.admitted().await;
    sqlx::query("update coverage set valid_to = '2026-06-09'").execute(&admissions.admin).await.unwrap();
    let mut lines = [admissions.line(1, "CONS-GP", "2026-06-10"), admissions.line(2, "LENS", "2026-06-11")];
    let (settlement, _) = admissions.submit(OwnerKind::Claim, &at, &mut lines).await.unwrap();
    assert_eq!(settlement.totals.payer, 400);
    assert_eq!((refusals(&lines[0]), refusals(&lines[1])), (vec![], vec![Refusal::CoverNotInForce]));
}

//! A patient whom several payers know: whoever covers on the day is asked first, by number as by national id.

use careway_contract::visits::v1::{start_visit_request::Identifier, *};
use careway_kernel::OrganizationId;
use careway_service::Kind;
use careway_testing::{Person, key, refusal};
use tonic::Request;

use crate::{
    fake_identity::CODE,
    test_visits::{TestVisits, gold},
    visit_round_trips::quiet,
};

const NUMBER: &str = "UM-100200";
const NIN: &str = "1199070012345601";

/// A second payer of the facility, younger than its first.
async fn second_payer(service: &TestVisits) -> Person {
    let second = service.stranger();
    service.know(&second, "Ubuzima Insurance").await;
    sqlx::query(
        "insert into contract (contract_id, payer_id, facility_id, service_types, valid_from, version, created_at)
         values (gen_random_uuid(), $1, $2, '{OUTPATIENT}', '2020-01-01', 1, now())",
    )
    .bind(second.organization.uuid())
    .bind(service.facility.organization.uuid())
    .execute(&service.admin)
    .await
    .unwrap();
    second
}

/// The same person with a payer, covered from a day to another one.
async fn known(service: &TestVisits, payer: OrganizationId, period: Option<(&str, &str)>) {
    let member = service.identity.register(payer, NUMBER, NIN);
    sqlx::query(
        "insert into member_ref (member_id, payer_id, member_number, family_id) values ($1, $2, $3, $1)",
    )
    .bind(member.uuid())
    .bind(payer.uuid())
    .bind(NUMBER)
    .execute(&service.admin)
    .await
    .unwrap();
    let Some((from, to)) = period else { return };
    // The first payer's plan does for both: nothing here is about plans.
    sqlx::query(
        "insert into coverage (coverage_id, payer_id, member_id, family_id, plan_id, plan_version, valid_from,
            valid_to, member_since, policy_year_from, status, version, created_at)
         select gen_random_uuid(), $1, $2, $2, plan_id, version, $3::date, $4::date, $3::date, $3::date, 'ACTIVE', 1, now()
         from plan_version limit 1",
    )
    .bind(payer.uuid())
    .bind(member.uuid())
    .bind(from)
    .bind(to)
    .execute(&service.admin)
    .await
    .unwrap();
}

fn named(service: &TestVisits, identifier: Identifier, payer: Option<&Person>) -> Request<StartVisitRequest> {
    let payer_id = payer.map(|payer| payer.organization.to_string()).unwrap_or_default();
    let request = StartVisitRequest { identifier: Some(identifier), payer_id, ..Default::default() };
    service.by(&service.facility, &key(), request)
}

fn identifiers() -> [Identifier; 2] {
    [
        Identifier::MemberNumber(NUMBER.to_lowercase()),
        Identifier::NationalId("1 1990 7 0012345 6 01".to_owned()),
    ]
}

fn ids(payers: &[&Person]) -> Vec<String> {
    payers.iter().map(|payer| payer.organization.to_string()).collect()
}

fn said(coverage: &VisitCoverage) -> Vec<(&str, &str, &str)> {
    coverage.asked_payers.iter().map(|it| (&*it.payer_id, &*it.name, &*it.reason)).collect()
}

async fn checked_in(
    service: &TestVisits,
    identifier: Identifier,
    payer: Option<&Person>,
) -> (String, VisitCoverage) {
    let started = service.visits().start_visit(named(service, identifier, payer)).await.unwrap().into_inner();
    let visit = started.visit.unwrap().visit_id;
    let verified = service.verify(&service.facility, &key(), &visit, CODE).await.unwrap().into_inner();
    (verified.visit.unwrap().payer_id, verified.coverage.unwrap())
}

#[tokio::test]
async fn whoever_covers_on_the_day_is_taken_whichever_payer_is_older() {
    let (lapsed, active, later) = (
        Some(("2020-01-01", "2021-12-31")),
        Some(("2020-01-01", "2099-12-31")),
        Some(("2098-01-01", "2099-12-31")),
    );
    for (first, second, taken) in
        [(lapsed, active, 1), (later, active, 1), (None, active, 1), (active, lapsed, 0)]
    {
        let service = TestVisits::run().await;
        let payers = [service.payer.clone(), second_payer(&service).await];
        known(&service, payers[0].organization, first).await;
        known(&service, payers[1].organization, second).await;
        for identifier in identifiers() {
            let (payer, coverage) = checked_in(&service, identifier, None).await;
            assert_eq!(payer, payers[taken].organization.to_string(), "{first:?}, {second:?}");
            assert!(coverage.in_force && coverage.asked_payers.is_empty());
        }
    }
}

#[tokio::test]
async fn when_nobody_covers_the_answer_says_who_was_asked() {
    let service = TestVisits::run().await;
    let second = second_payer(&service).await;
    known(&service, service.payer.organization, None).await;
    known(&service, second.organization, Some(("2020-01-01", "2021-12-31"))).await;
    let ids = ids(&[&second, &service.payer]);
    let lapsed = (&*ids[0], "Ubuzima Insurance", "LAPSED");
    let unknown = (&*ids[1], "Umurage Health", "UNKNOWN_CARD");
    for identifier in identifiers() {
        let (payer, coverage) = checked_in(&service, identifier.clone(), None).await;
        assert_eq!((payer.as_str(), coverage.reason.as_str()), (&*ids[0], "LAPSED"), "it can say why");
        assert_eq!(said(&coverage), [lapsed, unknown]);
        // The desk may name one; then nobody else is asked.
        let (payer, coverage) = checked_in(&service, identifier, Some(&service.payer)).await;
        assert_eq!((payer.as_str(), coverage.reason.as_str()), (&*ids[1], "UNKNOWN_CARD"));
        assert_eq!(said(&coverage), [unknown]);
    }
}

#[tokio::test]
async fn of_several_that_cover_the_desk_names_one() {
    let service = TestVisits::run().await;
    let second = second_payer(&service).await;
    let active = Some(("2020-01-01", "2099-12-31"));
    known(&service, service.payer.organization, active).await;
    known(&service, second.organization, active).await;
    for identifier in identifiers() {
        let refused = refusal(service.visits().start_visit(named(&service, identifier.clone(), None)).await);
        assert_eq!((refused.kind(), refused.reason()), (Kind::Refused, "SEVERAL_PAYERS"));
        assert_eq!(refused.fact("payers"), Some("Umurage Health, Ubuzima Insurance"));
        assert_eq!(refused.fact("payerIds"), Some(&*ids(&[&service.payer, &second]).join(", ")));
        let (payer, coverage) = checked_in(&service, identifier, Some(&second)).await;
        assert_eq!((payer, coverage.in_force), (second.organization.to_string(), true));
    }
    let told: i64 = sqlx::query_scalar(
        "select count(distinct member_id) from audit_entry where action = 'visit.several_payers'",
    )
    .fetch_one(&service.admin)
    .await
    .unwrap();
    assert_eq!(told, 2, "it is an access to either");
}

#[tokio::test]
async fn a_start_that_was_answered_is_answered_again_and_nobody_is_told_of() {
    let service = TestVisits::run().await;
    let second = second_payer(&service).await;
    let (active, key) = (Some(("2020-01-01", "2099-12-31")), key());
    known(&service, service.payer.organization, active).await;
    let [number, _] = identifiers();
    let request = StartVisitRequest { identifier: Some(number), ..Default::default() };
    let start = async || {
        let started =
            service.visits().start_visit(service.by(&service.facility, &key, request.clone())).await;
        started.unwrap().into_inner()
    };
    let first = start().await;
    known(&service, second.organization, active).await;
    assert_eq!(start().await, first);
    let told = "select count(*) from audit_entry where action = 'visit.several_payers'";
    assert_eq!(service.count(told).await, 0);
}

#[tokio::test]
async fn payers_without_a_contract_are_not_looked_at() {
    let service = TestVisits::run().await;
    let elsewhere = service.stranger();
    known(&service, service.payer.organization, Some(("2020-01-01", "2021-12-31"))).await;
    known(&service, elsewhere.organization, Some(("2020-01-01", "2099-12-31"))).await;
    for identifier in identifiers() {
        let (payer, coverage) = checked_in(&service, identifier, None).await;
        assert_eq!(payer, service.payer.organization.to_string());
        assert_eq!(said(&coverage), [(&*payer, "Umurage Health", "LAPSED")]);
    }
}

#[tokio::test]
async fn several_payers_cost_no_round_trip_more() {
    let (proxy, setup) = TestVisits::counting_round_trips().await;
    let service = TestVisits::of(setup, gold()).await;
    let second = second_payer(&service).await;
    known(&service, service.payer.organization, Some(("2020-01-01", "2021-12-31"))).await;
    known(&service, second.organization, Some(("2020-01-01", "2099-12-31"))).await;
    for identifier in identifiers() {
        let mut fewest = u64::MAX;
        for _ in 0..20 {
            let begun = quiet(&proxy).await;
            service.visits().start_visit(named(&service, identifier.clone(), None)).await.unwrap();
            fewest = fewest.min(proxy.round_trips() - begun);
        }
        assert_eq!(fewest, 1 + 3, "the desk with all covers; begin, insert, commit");
    }
}

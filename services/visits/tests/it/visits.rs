//! A visit from the front desk to the discharge: over gRPC, against real Postgres, NATS and Redis.

use std::sync::atomic::Ordering;

use careway_contract::visits::v1::{visit::State, visit_rules_service_client::VisitRulesServiceClient, *};
use careway_service::Kind;
use careway_testing::{eventually, key, refusal};

use crate::{
    fake_identity::CODE,
    test_visits::{TestVisits, anonymous},
};

#[tokio::test]
async fn a_visit_from_the_code_to_the_discharge() {
    let service = TestVisits::run().await;
    let member = service.member("UM-100200", "1199070012345601").await;

    let visit = service.started("um-100200").await;
    assert_eq!((visit.state(), visit.version, visit.resends_left), (State::AwaitingCode, 1, 5));
    assert_eq!(visit.masked_destination, "+2507******12");
    let before = service.get(&service.facility, &visit.visit_id).await.unwrap();
    assert_eq!((before.member, before.coverage, before.service_types), (None, None, vec![]));

    let wrong = refusal(service.verify(&service.facility, &key(), &visit.visit_id, "000000").await);
    assert_eq!((wrong.kind(), wrong.reason()), (Kind::Unauthenticated, "CODE_REJECTED"));
    assert_eq!(wrong.fact("attemptsLeft"), Some("4"));

    let verified =
        service.verify(&service.facility, &key(), &visit.visit_id, CODE).await.unwrap().into_inner();
    let shown = verified.member.unwrap();
    assert_eq!((shown.member_id, shown.given_names.as_str()), (member.to_string(), "Aline"));
    assert!(verified.coverage.unwrap().in_force);
    let options: Vec<_> = verified
        .service_types
        .iter()
        .map(|it| (it.service_type.as_str(), it.allowed, it.reason.as_str()))
        .collect();
    assert_eq!(
        options,
        [
            ("INPATIENT", true, ""),
            ("OUTPATIENT", true, ""),
            ("DENTAL", false, "SERVICE_NOT_CONTRACTED"),
            ("OPTICAL", false, "SERVICE_NOT_COVERED"),
            ("WELLNESS", false, "SERVICE_NOT_COVERED"),
        ]
    );

    assert_eq!(refusal(service.admit(&visit.visit_id, "DENTAL").await).reason(), "SERVICE_NOT_CONTRACTED");
    assert_eq!(refusal(service.admit(&visit.visit_id, "MAGIC").await).kind(), Kind::Invalid);
    let admitted = service.admit(&visit.visit_id, "OUTPATIENT").await.unwrap();
    assert!(admitted.visit_number.starts_with('V') && admitted.admission_notice_due_at.is_none());

    let request = DischargeVisitRequest { visit_id: visit.visit_id.clone() };
    let discharged = service
        .visits()
        .discharge_visit(service.by(&service.facility, &key(), request.clone()))
        .await
        .unwrap();
    assert_eq!(discharged.into_inner().visit.unwrap().state(), State::Discharged);
    let again =
        refusal(service.visits().discharge_visit(service.by(&service.facility, &key(), request)).await);
    assert_eq!((again.reason(), again.fact("state")), ("WRONG_STATE", Some("DISCHARGED")));

    for event in ["VisitStarted", "VisitVerified", "VisitAdmitted", "VisitDischarged"] {
        assert_eq!(service.said(event).await, 1, "{event}");
    }
}

#[tokio::test]
async fn known_and_unknown_are_answered_alike_with_and_without_a_contract() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let other = service.other_facility().await;
    let known = service.started("UM-100200").await;
    let unknown = service.started("UM-999999").await;
    assert_eq!(anonymous(known.clone()), anonymous(unknown));
    let uncontracted = service.start(&other, &key(), "UM-100200").await.unwrap().into_inner().visit.unwrap();
    let elsewhere = Visit { facility_id: known.facility_id.clone(), ..uncontracted.clone() };
    assert_eq!(anonymous(known), anonymous(elsewhere));
    let code = refusal(service.verify(&other, &key(), &uncontracted.visit_id, CODE).await);
    assert_eq!(code.reason(), "CODE_REJECTED");
}

#[tokio::test]
async fn the_number_and_the_national_id_find_the_same_person() {
    let service = TestVisits::run().await;
    let member = service.member("UM-100200", "1199070012345601").await;
    let identifier = Some(start_visit_request::Identifier::NationalId("1 1990 7 0012345 6 01".to_owned()));
    let request = StartVisitRequest { identifier, ..Default::default() };
    let visit = service
        .visits()
        .start_visit(service.by(&service.facility, &key(), request))
        .await
        .unwrap()
        .into_inner();
    let visit_id = visit.visit.unwrap().visit_id;
    let verified = service.verify(&service.facility, &key(), &visit_id, CODE).await.unwrap().into_inner();
    assert_eq!(verified.member.unwrap().member_id, member.to_string());
}

#[tokio::test]
async fn what_is_wrong_with_a_start_is_said_all_at_once() {
    let service = TestVisits::run().await;
    let identifier = Some(start_visit_request::Identifier::NationalId("12".to_owned()));
    let request = StartVisitRequest {
        identifier,
        payer_id: "nobody".to_owned(),
        service_date: "2999-01-01".to_owned(),
    };
    let status =
        service.visits().start_visit(service.by(&service.facility, &key(), request)).await.unwrap_err();
    let details = tonic_types::StatusExt::get_error_details(&status);
    let fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["payerId", "nationalId", "serviceDate"]);

    let start_on = async |day: chrono::NaiveDate| {
        let identifier = Some(start_visit_request::Identifier::MemberNumber("UM-1".to_owned() + "00"));
        let request = StartVisitRequest { identifier, service_date: day.to_string(), ..Default::default() };
        service.visits().start_visit(service.by(&service.facility, &key(), request)).await.is_ok()
    };
    let today = service.clock.today(chrono_tz::Africa::Kigali);
    assert!(start_on(today).await && start_on(today - chrono::Days::new(7)).await);
    assert!(!start_on(today - chrono::Days::new(8)).await && !start_on(today + chrono::Days::new(1)).await);
}

#[tokio::test]
async fn twins_with_one_key_are_one_visit_and_one_change() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let one = key();
    let starts = (0..30).map(|_| service.start(&service.facility, &one, "UM-100200"));
    let answers: Vec<_> = futures::future::join_all(starts).await.into_iter().map(Result::unwrap).collect();
    let first = answers[0].get_ref().visit.clone().unwrap();
    assert!(answers.iter().all(|answer| answer.get_ref().visit.as_ref() == Some(&first)));
    let replays = answers.iter().filter(|it| it.metadata().contains_key("idempotency-replayed")).count();
    assert_eq!((replays, service.identity.started.load(Ordering::SeqCst)), (29, 1));

    let one = key();
    let tries = (0..30).map(|_| service.verify(&service.facility, &one, &first.visit_id, CODE));
    let answers: Vec<_> = futures::future::join_all(tries).await.into_iter().map(Result::unwrap).collect();
    assert!(answers.iter().all(|answer| answer.get_ref() == answers[0].get_ref()));
    assert_eq!(answers[0].get_ref().visit.as_ref().unwrap().version, 2);
    assert_eq!((service.said("VisitStarted").await, service.said("VisitVerified").await), (1, 1));

    // Long after, the key still has its answer.
    let again = service.verify(&service.facility, &one, &first.visit_id, CODE).await.unwrap();
    assert_eq!(again.get_ref(), answers[0].get_ref());
}

#[tokio::test]
async fn a_resend_is_bound_as_the_start_was() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let visit = service.started("UM-100200").await;
    let resend = async |key: &str| {
        let request = ResendVisitCodeRequest { visit_id: visit.visit_id.clone() };
        service.visits().resend_visit_code(service.by(&service.facility, key, request)).await
    };
    let early = refusal(resend(&key()).await);
    assert_eq!((early.kind(), early.reason()), (Kind::Throttled, "RESEND_TOO_SOON"));
    service.clock.advance(std::time::Duration::from_secs(61));
    let one = key();
    let resent = resend(&one).await.unwrap().into_inner().visit.unwrap();
    assert_eq!((resent.version, resent.resends_left), (2, 4));
    assert_eq!(resend(&one).await.unwrap().into_inner().visit.unwrap(), resent);
    service.verify(&service.facility, &key(), &visit.visit_id, CODE).await.unwrap();
}

#[tokio::test]
async fn one_open_visit_per_member_type_and_day() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let first = service.admitted("UM-100200", "OUTPATIENT").await;
    let second = service.verified("UM-100200").await.visit.unwrap();
    let open = refusal(service.admit(&second.visit_id, "OUTPATIENT").await);
    assert_eq!((open.kind(), open.reason()), (Kind::Conflict, "VISIT_ALREADY_OPEN"));
    assert_eq!(open.fact("visitId"), Some(first.visit_id.as_str()));
    // Another type is another visit.
    service.admit(&second.visit_id, "INPATIENT").await.unwrap();
}

#[tokio::test]
async fn the_members_data_end_with_the_grace_and_every_read_is_noted() {
    let service = TestVisits::run().await;
    let member = service.member("UM-100200", "1199070012345601").await;
    let visit = service.admitted("UM-100200", "OUTPATIENT").await;
    assert!(service.get(&service.facility, &visit.visit_id).await.unwrap().member.is_some());
    let noted: i64 = sqlx::query_scalar(
        "select count(*) from audit_entry where action = 'visit.read' and member_id = $1 and organization_id = $2",
    )
    .bind(member.uuid())
    .bind(service.facility.organization.uuid())
    .fetch_one(&service.admin)
    .await
    .unwrap();
    assert_eq!(noted, 1);

    let request = DischargeVisitRequest { visit_id: visit.visit_id.clone() };
    service.visits().discharge_visit(service.by(&service.facility, &key(), request)).await.unwrap();
    assert!(service.get(&service.facility, &visit.visit_id).await.unwrap().member.is_some());
    service.clock.advance(std::time::Duration::from_secs(72 * 3600));
    assert!(service.get(&service.facility, &visit.visit_id).await.unwrap().member.is_none());
    assert!(service.get(&service.payer, &visit.visit_id).await.unwrap().member.is_some());
    assert!(service.said("MemberDataAccessed").await >= 4);
}

#[tokio::test]
async fn another_facility_finds_nothing() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let visit = service.admitted("UM-100200", "OUTPATIENT").await;
    let other = service.other_facility().await;
    service.contract(&other, &["OUTPATIENT"]).await;
    assert_eq!(refusal(service.get(&other, &visit.visit_id).await).kind(), Kind::NotFound);
    let request = DischargeVisitRequest { visit_id: visit.visit_id.clone() };
    for stranger in [&other, &service.payer] {
        let refused =
            refusal(service.visits().discharge_visit(service.by(stranger, &key(), request.clone())).await);
        assert!(matches!(refused.kind(), Kind::NotFound | Kind::Forbidden));
    }
    let list =
        service.visits().list_visits(service.by(&other, &key(), ListVisitsRequest::default())).await.unwrap();
    assert!(list.into_inner().visits.is_empty());
}

#[tokio::test]
async fn nothing_readable_of_the_patient_is_kept() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let visit = service.started("UM-100200").await;
    let row = async || -> String {
        sqlx::query_scalar("select to_jsonb(visit)::text from visit where visit_id = $1::uuid")
            .bind(&visit.visit_id)
            .fetch_one(&service.admin)
            .await
            .unwrap()
    };
    let secrets = ["UM-100200", "1199070012345601", "Aline", "Uwase"].map(|text| (text, hex::encode(text)));
    let clean = |row: &str| secrets.iter().all(|(text, hex)| !row.contains(text) && !row.contains(hex));
    assert!(clean(&row().await));
    service.verify(&service.facility, &key(), &visit.visit_id, CODE).await.unwrap();
    let row = row().await;
    assert!(clean(&row) && row.contains(r#""sealed_challenge": null"#), "the identifier is erased");
}

#[tokio::test]
async fn a_visit_is_cancelled_unless_something_was_claimed() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let cancel = async |visit_id: &str| {
        let request =
            CancelVisitRequest { visit_id: visit_id.to_owned(), reason: "The patient left".to_owned() };
        service.visits().cancel_visit(service.by(&service.facility, &key(), request)).await
    };
    let awaiting = service.started("UM-100200").await;
    assert_eq!(
        cancel(&awaiting.visit_id).await.unwrap().into_inner().visit.unwrap().state(),
        State::Cancelled
    );
    let admitted = service.admitted("UM-100200", "OUTPATIENT").await;
    sqlx::query("update visit set claims = 1 where visit_id = $1::uuid")
        .bind(&admitted.visit_id)
        .execute(&service.admin)
        .await
        .unwrap();
    assert_eq!(refusal(cancel(&admitted.visit_id).await).reason(), "VISIT_HAS_CLAIMS");
}

#[tokio::test]
async fn unverified_and_unadmitted_visits_end() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let awaiting = service.started("UM-100200").await;
    let verified = service.verified("UM-100200").await.visit.unwrap();
    let expired = async |visit_id: &str| {
        service.get(&service.facility, visit_id).await.unwrap().visit.unwrap().state() == State::Expired
    };
    service.clock.advance(std::time::Duration::from_secs(2 * 3600));
    eventually("the unverified visit ends", || expired(&awaiting.visit_id)).await;
    assert!(!expired(&verified.visit_id).await);
    service.clock.advance(std::time::Duration::from_secs(22 * 3600));
    eventually("the unadmitted visit ends", || expired(&verified.visit_id)).await;
    assert_eq!(service.said("VisitExpired").await, 2);
}

#[tokio::test]
async fn an_inpatients_facility_is_warned_once_before_the_notice_lapses() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let visit = service.admitted("UM-100200", "INPATIENT").await;
    let hours = visit.admission_notice_due_at.unwrap().seconds - visit.admitted_at.unwrap().seconds;
    assert_eq!(hours, 24 * 3600);
    service.clock.advance(std::time::Duration::from_secs(18 * 3600));
    eventually("the facility is warned", async || service.said("AdmissionNoticeDue").await == 1).await;
    let notify = async || {
        let request = NotifyAdmissionRequest { visit_id: visit.visit_id.clone() };
        service.visits().notify_admission(service.by(&service.facility, &key(), request)).await
    };
    assert!(notify().await.unwrap().into_inner().visit.unwrap().admission_notified_at.is_some());
    assert_eq!(refusal(notify().await).reason(), "NOTICE_ALREADY_GIVEN");
    assert_eq!(service.said("AdmissionNoticeDue").await, 1);
}

#[tokio::test]
async fn a_payer_sets_its_own_notice() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    let mut rules = VisitRulesServiceClient::new(service.upstream());
    let defaults =
        rules.get_visit_rules(service.by(&service.payer, &key(), GetVisitRulesRequest {})).await.unwrap();
    assert_eq!(
        defaults.into_inner().rules,
        Some(VisitRules { admission_notice_hours: 24, version: Some(0) })
    );
    let twelve = SetVisitRulesRequest { admission_notice_hours: 12 };
    let facility = rules.set_visit_rules(service.by(&service.facility, &key(), twelve)).await;
    assert_eq!(refusal(facility).kind(), Kind::Forbidden);
    let none = SetVisitRulesRequest { admission_notice_hours: 0 };
    assert_eq!(
        refusal(rules.set_visit_rules(service.by(&service.payer, &key(), none)).await).kind(),
        Kind::Invalid
    );
    let unread = rules.set_visit_rules(service.by(&service.payer, &key(), twelve)).await;
    assert_eq!(refusal(unread).reason(), "PRECONDITION_REQUIRED");
    let read = |version: &'static str| {
        let mut request = service.by(&service.payer, &key(), twelve);
        request.metadata_mut().insert("if-match", version.parse().unwrap());
        request
    };
    rules.set_visit_rules(read("0")).await.unwrap();
    assert_eq!(refusal(rules.set_visit_rules(read("0")).await).reason(), "STALE_VERSION");
    let visit = service.admitted("UM-100200", "INPATIENT").await;
    let seconds = visit.admission_notice_due_at.unwrap().seconds - visit.admitted_at.unwrap().seconds;
    assert_eq!(seconds, 12 * 3600);
}

#[tokio::test]
async fn lists_are_paged_newest_first_and_bound_to_their_filter() {
    let service = TestVisits::run().await;
    service.member("UM-100200", "1199070012345601").await;
    service.member("UM-300400", "1199080012345602").await;
    let mut expected = Vec::new();
    for _ in 0..5 {
        expected.insert(0, service.verified("UM-100200").await.visit.unwrap().visit_id);
    }
    service.verified("UM-300400").await;
    let list = async |request: ListVisitsRequest| {
        service
            .visits()
            .list_visits(service.by(&service.facility, &key(), request))
            .await
            .map(tonic::Response::into_inner)
    };
    let mut request = ListVisitsRequest {
        member_number: "UM-100200".to_owned(),
        state: State::Verified.into(),
        page_size: 2,
        ..Default::default()
    };
    let ends_before = ListVisitsRequest {
        from: "2026-12-01".to_owned(),
        to: "2026-11-01".to_owned(),
        ..Default::default()
    };
    assert_eq!(refusal(list(ends_before).await).violations()[0].0, "to");
    let mut found = Vec::new();
    loop {
        let page = list(request.clone()).await.unwrap();
        found.extend(page.visits.into_iter().map(|visit| visit.visit_id));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(found, expected);
    let other = ListVisitsRequest { member_number: "UM-300400".to_owned(), ..request };
    assert_eq!(refusal(list(other).await).kind(), Kind::Invalid);
    let all = list(ListVisitsRequest::default()).await.unwrap();
    assert_eq!(all.visits.len(), 6);
}

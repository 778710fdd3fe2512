//! Pre-authorizations: asked for, decided by the rules and by persons, amended, taken back; and who sees what of them.

use careway_contract::visits::v1::{
    preauthorization::{State, Urgency},
    preauthorization_line::{Change, Outcome},
    *,
};
use careway_service::{Error, Kind};
use careway_testing::{key, refusal};
use uuid::Uuid;

use crate::{
    preauthorization_calls::{adjust, approve, asking, line, reject},
    test_visits::TestVisits,
};

/// The id and the state.
fn told(preauthorization: &Option<Preauthorization>) -> (String, State) {
    let preauthorization = preauthorization.as_ref().unwrap();
    (preauthorization.preauthorization_id.clone(), preauthorization.state())
}

#[tokio::test]
async fn what_the_plan_does_not_ask_for_is_answered_at_once() {
    let (service, visit) = TestVisits::with_patient().await;
    let lines = vec![line("CONS-GP", "1"), line("PHYSIO", "2.5")];
    let check = CheckPreauthorizationRequest { visit_id: visit.visit_id.clone(), lines: lines.clone() };
    let check =
        service.preauthorizations().check_preauthorization(service.ours(check)).await.unwrap().into_inner();
    assert!(!check.needed && check.state() == State::NotRequired);
    assert_eq!(check.lines[1].because, "The plan asks for it only above RWF 20,000.");
    assert_eq!(check.total.unwrap().submitted, "25000");

    let answer = service.ask_for(&visit.visit_id, lines).await.unwrap();
    let it = answer.preauthorization.unwrap();
    assert_eq!((it.state(), it.automatic, it.version), (State::NotRequired, true, 1));
    assert!(it.number.starts_with('A') && it.visit_number == visit.visit_number);
    assert!(answer.lines.iter().all(|line| line.outcome() == Outcome::NotRequired && !line.needed));
    // A thirty-minute session more, and the payer is asked.
    let dearer = service.ask_for(&visit.visit_id, vec![line("PHYSIO", "3")]).await.unwrap();
    assert_eq!(dearer.preauthorization.unwrap().state(), State::Pended);
    assert!(dearer.lines[0].needed);
}

#[tokio::test]
async fn what_is_small_and_in_order_is_approved_and_held_at_once() {
    let (service, visit) = TestVisits::with_patient().await;
    service.trust_up_to(90_000).await;
    let check =
        CheckPreauthorizationRequest { visit_id: visit.visit_id.clone(), lines: vec![line("MRI", "1")] };
    let check =
        service.preauthorizations().check_preauthorization(service.ours(check)).await.unwrap().into_inner();
    assert!(check.needed && check.state() == State::Approved);
    assert_eq!(service.reserved(&visit.visit_id).await, "0", "a check changes nothing");

    let answer =
        service.ask_for(&visit.visit_id, vec![line("MRI", "1"), line("CONS-GP", "1")]).await.unwrap();
    let it = answer.preauthorization.unwrap();
    assert_eq!((it.state(), it.automatic, it.due_at), (State::Approved, true, None));
    assert_eq!(it.valid_from, visit.service_date);
    let [scan, consultation] = &answer.lines[..] else { panic!("two lines") };
    assert_eq!((scan.outcome(), scan.approved_unit_price.as_str()), (Outcome::Approved, "100000"));
    assert_eq!(scan.amounts.as_ref().unwrap().payer, "90000");
    assert_eq!(consultation.outcome(), Outcome::NotRequired);
    assert_eq!(service.reserved(&visit.visit_id).await, "90000");
    // Together they would cost the payer more than it trusts the rules with.
    let both = service.ask_for(&visit.visit_id, vec![line("MRI", "1"), line("PHYSIO", "3")]).await.unwrap();
    assert_eq!(both.preauthorization.unwrap().state(), State::Pended);
    // Above the agreed price nothing is in order.
    let above = CareLineInput { unit_price: "100001".to_owned(), ..line("MRI", "0.5") };
    let above = service.ask_for(&visit.visit_id, vec![above]).await.unwrap();
    assert_eq!(above.preauthorization.unwrap().state(), State::Pended);
    assert_eq!(above.lines[0].refusals[0].group, "PRICE");
    assert_eq!(service.said("PreauthorizationRequested").await, 3);
    assert_eq!(service.said("PreauthorizationDecided").await, 1);
    assert_eq!(service.said("PreauthorizationPended").await, 2);
}

#[tokio::test]
async fn the_payer_decides_line_by_line_and_what_it_approves_is_held() {
    let (service, visit) = TestVisits::with_patient().await;
    let lines = vec![line("MRI", "2"), line("PHYSIO", "5"), line("MRI", "1"), line("CONS-GP", "1")];
    // The day where the facility is: late in the evening it is another than in UTC.
    let day: chrono::NaiveDate = visit.service_date.parse().unwrap();
    let lines = lines.into_iter().enumerate().map(|(at, line)| {
        let date = day + chrono::Days::new(at as u64);
        CareLineInput { date: date.to_string(), ..line }
    });
    let asked = service.ask_for(&visit.visit_id, lines.collect()).await.unwrap();
    let (id, state) = told(&asked.preauthorization);
    assert_eq!(state, State::Pended);
    let due = asked.preauthorization.unwrap().due_at.unwrap().seconds - service.clock.now().timestamp();
    assert!((167 * 3600..=168 * 3600).contains(&due), "seven days: {due}");
    assert_eq!(service.reserved(&visit.visit_id).await, "0");

    // Everything wrong with a decision is said at once.
    let wrong = vec![
        adjust(1, "3", ""),
        adjust(4, "1", ""),
        PreauthorizationLineDecision { approved_quantity: String::new(), ..adjust(2, "", "8000.5") },
    ];
    let wrong = refusal(service.decide(&service.payer, &id, wrong).await);
    assert_eq!(wrong.kind(), Kind::Invalid);
    let unreadable = PreauthorizationLineDecision { reason_code: "X".to_owned(), ..reject(0) };
    assert_eq!(refusal(service.decide(&service.payer, &id, vec![unreadable]).await).kind(), Kind::Invalid);

    let decisions = vec![adjust(1, "1", "80000"), reject(2), approve(3)];
    let decided = service.decide(&service.payer, &id, decisions).await.unwrap();
    let it = decided.preauthorization.unwrap();
    assert_eq!((it.state(), it.automatic, it.version), (State::PartiallyApproved, false, 2));
    let outcomes: Vec<Outcome> = decided.lines.iter().map(|line| line.outcome()).collect();
    assert_eq!(outcomes, [Outcome::Adjusted, Outcome::Rejected, Outcome::Approved, Outcome::NotRequired]);
    let scan = &decided.lines[0];
    assert_eq!(
        (scan.approved_quantity.as_str(), scan.approved_unit_price.as_str(), scan.approved_days),
        ("1", "80000", 3)
    );
    assert_eq!(scan.amounts.as_ref().unwrap().payer, "72000");
    assert!(scan.refusals.iter().any(|refusal| refusal.text.contains("One is enough")));
    let therapy = &decided.lines[1];
    assert_eq!((therapy.refusals[0].code.as_str(), therapy.approved_quantity.as_str()), ("MNEC-001", ""));
    // Of both policy years, when the year ends between the lines.
    assert_eq!(service.ledger().await, (0, 162_000));

    let again = refusal(service.decide(&service.payer, &id, vec![approve(1)]).await);
    assert_eq!((again.kind(), again.reason()), (Kind::Refused, "WRONG_STATE"));
    assert_eq!(again.fact("state"), Some("PARTIALLY_APPROVED"));
    assert_eq!(service.said("PreauthorizationDecided").await, 1);
    assert_eq!(service.differences().await, 0);
}

#[tokio::test]
async fn a_rejected_one_holds_nothing_and_is_final() {
    let (service, visit) = TestVisits::with_patient().await;
    let it = service.asked(&visit.visit_id, "1").await;
    let id = it.preauthorization_id;
    let rejected = service.decide(&service.payer, &id, vec![reject(1)]).await.unwrap();
    assert_eq!(told(&rejected.preauthorization).1, State::Rejected);
    assert_eq!(service.reserved(&visit.visit_id).await, "0");
    let amend = AmendPreauthorizationRequest {
        preauthorization_id: id.clone(),
        add: vec![line("CONS-GP", "1")],
        ..Default::default()
    };
    let amended = service.preauthorizations().amend_preauthorization(service.ours(amend)).await;
    assert_eq!(refusal(amended).reason(), "WRONG_STATE");
    assert_eq!(refusal(service.cancel(&id).await).reason(), "WRONG_STATE");
    // A new request is decided for itself.
    assert_eq!(service.asked(&visit.visit_id, "1").await.state(), State::Pended);
}

#[tokio::test]
async fn an_answer_is_given_once_for_a_key_and_a_version() {
    let (service, visit) = TestVisits::with_patient().await;
    let key = key();
    let ask = async || {
        let request = asking(&visit.visit_id, vec![line("MRI", "1")]);
        let request = service.by(&service.facility, &key, request);
        service.preauthorizations().request_preauthorization(request).await.unwrap()
    };
    let (first, second) = (ask().await, ask().await);
    assert_eq!(second.metadata().get("idempotency-replayed").unwrap(), "true");
    assert_eq!(first.into_inner(), second.into_inner());
    let list = ListPreauthorizationsRequest { visit_id: visit.visit_id.clone(), ..Default::default() };
    let listed =
        service.preauthorizations().list_preauthorizations(service.ours(list)).await.unwrap().into_inner();
    let [it] = &listed.preauthorizations[..] else { panic!("one") };

    let request = CancelPreauthorizationRequest {
        preauthorization_id: it.preauthorization_id.clone(),
        reason: "Other".to_owned(),
    };
    let mut stale = service.ours(request.clone());
    stale.metadata_mut().insert("if-match", "7".parse().unwrap());
    let stale = refusal(service.preauthorizations().cancel_preauthorization(stale).await);
    assert_eq!((stale.kind(), stale.fact("currentVersion")), (Kind::Stale, Some("1")));
    let mut current = service.ours(request);
    current.metadata_mut().insert("if-match", "1".parse().unwrap());
    service.preauthorizations().cancel_preauthorization(current).await.unwrap();
}

#[tokio::test]
async fn everything_wrong_with_a_request_is_said_at_once() {
    let (service, visit) = TestVisits::with_patient().await;
    let bad = CareLineInput {
        preauthorization_number: "A26-0000042-08".to_owned(),
        diagnoses: vec!["flu".to_owned()],
        ..line("MRI", "0")
    };
    let request = RequestPreauthorizationRequest {
        justification: " ".to_owned(),
        document_ids: vec!["x".to_owned()],
        ..asking(&visit.visit_id, vec![line("CONS-GP", "1"), bad])
    };
    let refused =
        service.preauthorizations().request_preauthorization(service.ours(request)).await.unwrap_err();
    let details = tonic_types::StatusExt::get_details_bad_request(&refused).unwrap();
    let fields: Vec<&str> = details.field_violations.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "lines[1].preauthorizationNumber",
            "lines[1].quantity",
            "lines[1].diagnoses[0]",
            "justification",
            "documentIds[0]",
        ]
    );
    let day = |days| (service.clock.now().date_naive() + chrono::TimeDelta::days(days)).to_string();
    let ahead = |days| CareLineInput { date: day(days), ..line("MRI", "1") };
    let too_far = refusal(service.ask_for(&visit.visit_id, vec![ahead(30), ahead(92), ahead(-2)]).await);
    assert_eq!(too_far.kind(), Kind::Invalid);
    service.ask_for(&visit.visit_id, vec![ahead(30)]).await.unwrap();
}

#[tokio::test]
async fn only_an_admitted_visit_of_ones_own_is_asked_for() {
    let (service, visit) = TestVisits::with_patient().await;
    let verified = service.verified("UM-100200").await.visit.unwrap();
    let early = refusal(service.ask_for(&verified.visit_id, vec![line("MRI", "1")]).await);
    assert_eq!((early.reason(), early.fact("state")), ("WRONG_STATE", Some("VERIFIED")));

    let other = service.other_facility().await;
    service.contract(&other, &["OUTPATIENT"]).await;
    let request = asking(&visit.visit_id, vec![line("MRI", "1")]);
    let theirs = service.by(&other, &key(), request.clone());
    let theirs = service.preauthorizations().request_preauthorization(theirs).await;
    assert_eq!(refusal(theirs).kind(), Kind::NotFound);
    let payers = service.preauthorizations().request_preauthorization(service.theirs(request)).await;
    assert_eq!(refusal(payers).reason(), "WRONG_ORGANIZATION_KIND");

    service.discharge(&visit.visit_id).await;
    assert_eq!(service.asked(&visit.visit_id, "1").await.state(), State::Pended);
    service.clock.advance(std::time::Duration::from_secs(73 * 3600));
    let late = refusal(service.ask_for(&visit.visit_id, vec![line("MRI", "1")]).await);
    assert_eq!((late.kind(), late.reason()), (Kind::Refused, "VISIT_OVER"));
}

#[tokio::test]
async fn each_party_sees_its_own_and_nothing_of_others() {
    let (service, visit) = TestVisits::with_patient().await;
    let it = service.asked(&visit.visit_id, "1").await;
    let id = it.preauthorization_id.as_str();
    let read = service.read(&service.facility, id).await.unwrap();
    assert_eq!(read.justification, "Pain since the spring");
    assert_eq!(read.lines[0].diagnoses, ["M54.5"]);
    assert_eq!(service.read(&service.payer, id).await.unwrap(), read);
    let other = service.other_facility().await;
    service.contract(&other, &["OUTPATIENT"]).await;
    for stranger in [&other, &service.stranger()] {
        assert_eq!(refusal(service.read(stranger, id).await).kind(), Kind::NotFound);
        let list = ListPreauthorizationsRequest::default();
        let listed =
            service.preauthorizations().list_preauthorizations(service.by(stranger, &key(), list)).await;
        assert!(listed.unwrap().into_inner().preauthorizations.is_empty());
    }
    assert_eq!(
        refusal(service.decide(&service.stranger(), id, vec![approve(1)]).await).kind(),
        Kind::NotFound
    );
    let facilitys = refusal(service.decide(&service.facility, id, vec![approve(1)]).await);
    assert_eq!(facilitys.reason(), "WRONG_ORGANIZATION_KIND");

    let reads: i64 = sqlx::query_scalar(
        "select count(*) from audit_entry where action = 'preauthorization.read' and visit_id = $1
         and member_id is not null",
    )
    .bind(Uuid::parse_str(&visit.visit_id).unwrap())
    .fetch_one(&service.admin)
    .await
    .unwrap();
    assert_eq!(reads, 2, "every answer is audited, and nothing else");
    // What is written of a patient lies sealed.
    let rows: String = sqlx::query_scalar("select to_jsonb(p)::text from preauthorization p")
        .fetch_one(&service.admin)
        .await
        .unwrap();
    assert!(!rows.contains("Pain") && !rows.contains(&hex::encode("Pain")));
}

#[tokio::test]
async fn a_draft_is_the_facilitys_own_until_it_is_sent() {
    let (service, visit) = TestVisits::with_patient().await;
    let request =
        RequestPreauthorizationRequest { draft: true, ..asking(&visit.visit_id, vec![line("MRI", "1")]) };
    let draft = service.preauthorizations().request_preauthorization(service.ours(request)).await.unwrap();
    let (id, state) = told(&draft.get_ref().preauthorization);
    assert_eq!(state, State::Draft);
    assert_eq!(refusal(service.read(&service.payer, &id).await).kind(), Kind::NotFound);
    let list = ListPreauthorizationsRequest::default();
    let listed = service.preauthorizations().list_preauthorizations(service.theirs(list)).await.unwrap();
    assert!(listed.into_inner().preauthorizations.is_empty());
    assert_eq!(service.said("PreauthorizationRequested").await, 0);
    // The database keeps it from the payer as well.
    let app = sqlx::PgPool::connect(&service.setup.database.url_app).await.unwrap();
    let mut payer = app.acquire().await.unwrap();
    sqlx::query(
        "select set_config('careway.organization', $1, false), set_config('careway.kind', 'PAYER', false)",
    )
    .bind(service.payer.organization.to_string())
    .execute(&mut *payer)
    .await
    .unwrap();
    for table in ["preauthorization", "service_line"] {
        let count = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        let seen: i64 = sqlx::query_scalar(count).fetch_one(&mut *payer).await.unwrap();
        assert_eq!(seen, 0, "{table}");
    }

    let amend = AmendPreauthorizationRequest {
        preauthorization_id: id.clone(),
        add: vec![line("CONS-GP", "1")],
        change: vec![amend_preauthorization_request::Changed { sequence: 1, line: Some(line("MRI", "2")) }],
        justification: "Worse since Monday".to_owned(),
        ..Default::default()
    };
    let amended =
        service.preauthorizations().amend_preauthorization(service.ours(amend)).await.unwrap().into_inner();
    assert_eq!(told(&amended.preauthorization).1, State::Draft);
    let submit = SubmitPreauthorizationRequest { preauthorization_id: id.clone() };
    let sent =
        service.preauthorizations().submit_preauthorization(service.ours(submit.clone())).await.unwrap();
    assert_eq!(told(&sent.get_ref().preauthorization).1, State::Pended);
    let read = service.read(&service.payer, &id).await.unwrap();
    assert_eq!((read.justification.as_str(), read.lines[0].quantity.as_str()), ("Worse since Monday", "2"));
    assert!(read.lines.iter().all(|line| line.change() == Change::Unchanged));
    let twice = service.preauthorizations().submit_preauthorization(service.ours(submit)).await;
    assert_eq!(refusal(twice).reason(), "WRONG_STATE");
}

#[tokio::test]
async fn an_amendment_reserves_the_difference() {
    let (service, visit) = TestVisits::with_patient().await;
    let it = service.ask_for(&visit.visit_id, vec![line("MRI", "1"), line("PHYSIO", "5")]).await.unwrap();
    let (id, _) = told(&it.preauthorization);
    let first = service.decide(&service.payer, &id, vec![approve(1), approve(2)]).await.unwrap();
    assert_eq!(service.reserved(&visit.visit_id).await, "90000");

    let amend = async |request: AmendPreauthorizationRequest| {
        let request = AmendPreauthorizationRequest { preauthorization_id: id.clone(), ..request };
        let amended = service.preauthorizations().amend_preauthorization(service.ours(request)).await;
        amended.map(tonic::Response::into_inner).map_err(Error::from)
    };
    let changed = |sequence, quantity: &str| amend_preauthorization_request::Changed {
        sequence,
        line: Some(line("MRI", quantity)),
    };
    let amended = amend(AmendPreauthorizationRequest {
        add: vec![line("CONS-GP", "1")],
        change: vec![changed(1, "2")],
        cancel: vec![2],
        ..Default::default()
    });
    let amended = amended.await.unwrap();
    assert_eq!(told(&amended.preauthorization).1, State::Pended);
    let flags: Vec<_> =
        amended.lines.iter().map(|line| (line.sequence, line.change(), line.outcome())).collect();
    assert_eq!(
        flags,
        [
            (1, Change::Changed, Outcome::Pending),
            (2, Change::Cancelled, Outcome::Withdrawn),
            (3, Change::Added, Outcome::NotRequired),
        ]
    );
    assert_ne!(amended.lines[0].line_id, first.lines[0].line_id);
    // What the changed line held is kept until it is decided, and counts as free when it is.
    assert_eq!(service.reserved(&visit.visit_id).await, "90000");
    let decided = service.decide(&service.payer, &id, vec![approve(1)]).await.unwrap();
    assert_eq!(told(&decided.preauthorization).1, State::Approved);
    assert_eq!(service.reserved(&visit.visit_id).await, "180000");
    // All of the year's limit: the former reservation makes room for the new one.
    amend(AmendPreauthorizationRequest { change: vec![changed(1, "3")], ..Default::default() })
        .await
        .unwrap();
    let whole = service.decide(&service.payer, &id, vec![approve(1)]).await.unwrap();
    assert_eq!(service.reserved(&visit.visit_id).await, "250000");
    assert_eq!(whole.lines[0].amounts.as_ref().unwrap().over_category, "20000");

    let closed = amend(AmendPreauthorizationRequest { change: vec![changed(2, "1")], ..Default::default() });
    assert_eq!(refusal(closed.await).reason(), "LINE_CLOSED");
    let unknown = AmendPreauthorizationRequest {
        change: vec![changed(1, "1"), changed(9, "1")],
        cancel: vec![1, 8],
        ..Default::default()
    };
    assert_eq!(refusal(amend(unknown).await).kind(), Kind::Invalid);
    let gone =
        amend(AmendPreauthorizationRequest { cancel: vec![1, 3], ..Default::default() }).await.unwrap();
    assert_eq!(told(&gone.preauthorization).1, State::Cancelled);
    assert_eq!(service.reserved(&visit.visit_id).await, "0");
    assert_eq!(service.differences().await, 0);
}

#[tokio::test]
async fn what_is_cancelled_is_free_again_also_with_its_visit() {
    let (service, visit) = TestVisits::with_patient().await;
    service.trust_up_to(90_000).await;
    let first = service.asked(&visit.visit_id, "1").await;
    let second = service.asked(&visit.visit_id, "1").await;
    assert_eq!(service.reserved(&visit.visit_id).await, "180000");
    let cancelled = service.cancel(&first.preauthorization_id).await.unwrap();
    assert_eq!((cancelled.state(), cancelled.version), (State::Cancelled, 2));
    assert_eq!(service.reserved(&visit.visit_id).await, "90000");
    assert_eq!(refusal(service.cancel(&first.preauthorization_id).await).reason(), "WRONG_STATE");

    let request = CancelVisitRequest { visit_id: visit.visit_id.clone(), reason: "Wrong patient".to_owned() };
    service.visits().cancel_visit(service.ours(request)).await.unwrap();
    let gone =
        service.read(&service.payer, &second.preauthorization_id).await.unwrap().preauthorization.unwrap();
    assert_eq!((gone.state(), gone.cancel_reason.as_str()), (State::Cancelled, "The visit was cancelled."));
    assert_eq!(service.reserved(&visit.visit_id).await, "0");
    assert_eq!(service.said("PreauthorizationCancelled").await, 2);
    assert_eq!(service.differences().await, 0);
}

#[tokio::test]
async fn nothing_goes_on_while_the_visit_is_disputed() {
    let (service, visit) = TestVisits::with_patient().await;
    let it = service.asked(&visit.visit_id, "1").await;
    let id = it.preauthorization_id.as_str();
    sqlx::query("update visit set disputed_at = now(), disputed = true, version = version + 1")
        .execute(&service.admin)
        .await
        .unwrap();
    for refused in [
        refusal(service.ask_for(&visit.visit_id, vec![line("MRI", "1")]).await),
        refusal(service.decide(&service.payer, id, vec![approve(1)]).await),
    ] {
        assert_eq!((refused.kind(), refused.reason()), (Kind::Refused, "VISIT_DISPUTED"));
    }
    service.cancel(id).await.unwrap();
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let (service, visit) = TestVisits::with_patient().await;
    let mut ids = Vec::new();
    for scans in ["1", "2", "3"] {
        ids.push(service.asked(&visit.visit_id, scans).await);
    }
    service.cancel(&ids[1].preauthorization_id).await.unwrap();
    let list = async |request: ListPreauthorizationsRequest| {
        let listed =
            service.preauthorizations().list_preauthorizations(service.theirs(request)).await.unwrap();
        let listed = listed.into_inner();
        let numbers: Vec<String> = listed.preauthorizations.iter().map(|it| it.number.clone()).collect();
        (numbers, listed.next_page_token)
    };
    let number = |at: usize| ids[at].number.clone();
    let pended = ListPreauthorizationsRequest { state: State::Pended.into(), ..Default::default() };
    assert_eq!(list(pended.clone()).await.0, [number(2), number(0)]);
    let first = ListPreauthorizationsRequest { page_size: 1, ..pended };
    let (page, token) = list(first.clone()).await;
    assert_eq!(page, [number(2)]);
    let (page, token) = list(ListPreauthorizationsRequest { page_token: token, ..first }).await;
    assert_eq!((page, token.as_str()), (vec![number(0)], ""));
    let by_member = |member: &str| ListPreauthorizationsRequest {
        member_number: member.to_owned(),
        ..Default::default()
    };
    assert_eq!(list(by_member("UM-100200")).await.0.len(), 3);
    assert!(list(by_member("UM-999999")).await.0.is_empty());
    let spoken = number(1).replace('-', " ").to_lowercase();
    let by_number = ListPreauthorizationsRequest { number: spoken, ..Default::default() };
    assert_eq!(list(by_number).await.0, [number(1)]);
    let urgent = ListPreauthorizationsRequest { urgency: Urgency::Urgent.into(), ..Default::default() };
    assert!(list(urgent).await.0.is_empty());
}

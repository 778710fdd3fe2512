//! The life of a case, over gRPC, and each refusal on its way.

use careway_contract::cases::v1::{case::Action, case::State, case_message::Side, *};
use careway_testing::{key, refusal};
use prost_types::FieldMask;

use crate::test_cases::{TestCases, answers, opening};

#[tokio::test]
async fn a_case_goes_from_its_opening_to_its_end_and_is_followed_up() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Wrong price of an ultrasound").await;
    assert_eq!((case.state(), case.version, &*case.topic), (State::Open, 1, "appointments"));
    assert!(case.number.starts_with('S'), "{}", case.number);
    assert_eq!(case.organization_name, "Shondhan Appointments");
    assert_eq!(case.participant_ids, [cases.tanvir.person.account.to_string()]);
    let by_number = cases.get(&cases.nusrat, &case.number.to_lowercase().replace('-', " ")).await.unwrap();
    assert_eq!(by_number.case_id, case.case_id, "everybody of the organization sees it, by its number too");
    assert_eq!(by_number.actions, Vec::<i32>::new(), "who may only read may do nothing");

    let id = &*case.case_id;
    let taken = cases.say(&cases.grace, id, "We look into it.").await.unwrap();
    assert_eq!(taken.state(), State::InProgress);
    let waits = cases.wait_for(&cases.grace, id).await.unwrap();
    assert_eq!(
        (waits.state(), &*waits.assignee_id),
        (State::WaitingOnPartner, &*cases.grace.person.account.to_string())
    );
    assert_eq!(refusal(cases.wait_for(&cases.grace, id).await).reason(), "CASE_WAITS");
    let answered = cases.say(&cases.farhana, id, "B-1203.").await.unwrap();
    assert_eq!(answered.state(), State::InProgress);
    let solved = cases.solve(&cases.grace, id).await.unwrap();
    assert_eq!(solved.state(), State::Solved);
    assert!(solved.solved_at.is_some());
    assert_eq!(refusal(cases.solve(&cases.grace, id).await).reason(), "CASE_SOLVED");
    assert_eq!(refusal(cases.wait_for(&cases.grace, id).await).reason(), "CASE_SOLVED");
    let reopened = cases.say(&cases.tanvir, id, "It is wrong again.").await.unwrap();
    assert_eq!((reopened.state(), reopened.solved_at), (State::InProgress, None));
    assert_eq!(refusal(cases.follow_up(&cases.tanvir, id).await).reason(), "CASE_NOT_CLOSED");

    let said: Vec<_> =
        cases.messages(&cases.tanvir, id).await.iter().map(|it| (it.side(), it.body.clone())).collect();
    let expected = [
        (Side::Partner, "The page says 40 taka, the tariff 35."),
        (Side::Support, "We look into it."),
        (Side::Support, "Which booking was it?"),
        (Side::Partner, "B-1203."),
        (Side::Support, "It is mended."),
        (Side::Partner, "It is wrong again."),
    ];
    assert_eq!(said, expected.map(|(side, body)| (side, body.to_owned())));

    let closed = cases.close(&cases.tanvir, id, "").await.unwrap();
    assert_eq!(
        (closed.state(), closed.actions().collect::<Vec<_>>()),
        (State::Closed, vec![Action::FollowUp])
    );
    closed_is_closed(&cases, id, None).await;
    let next = cases.follow_up(&cases.farhana, id).await.unwrap();
    assert_eq!(next.follow_up_of.as_ref().unwrap().case_id, id);
    assert_eq!(next.subject, "Wrong price of an ultrasound");
    assert_eq!(
        cases.messages(&cases.farhana, &next.case_id).await.len(),
        1,
        "never the closed one's messages"
    );
    let mut people = [cases.tanvir.person.account.to_string(), cases.farhana.person.account.to_string()];
    people.sort();
    let mut with_it = next.participant_ids.clone();
    with_it.sort();
    assert_eq!(with_it, people);
    closed_is_closed(&cases, id, Some(&next)).await;
    let again = refusal(cases.follow_up(&cases.tanvir, id).await);
    assert_eq!((again.reason(), again.fact("followUpId")), ("FOLLOW_UP_OPEN", Some(&*next.case_id)));
    let closed = cases.get(&cases.tanvir, id).await.unwrap();
    assert_eq!(closed.follow_ups[0].number, next.number, "linked both ways");
    cases.close(&cases.tanvir, &next.case_id, "").await.unwrap();
    cases.follow_up(&cases.tanvir, id).await.unwrap();

    for (event, times) in [
        ("CaseOpened", 1),
        ("FollowUpOpened", 2),
        ("CaseWaiting", 1),
        ("CaseSolved", 1),
        ("CaseReopened", 1),
        ("CaseClosed", 2),
        ("CaseAssigned", 1),
        ("CaseMessageAdded", 8),
    ] {
        assert_eq!(cases.said(event).await, times, "{event}");
    }
}

/// Whatever is tried is refused, and names the follow-up, or where there is to be one.
async fn closed_is_closed(cases: &TestCases, id: &str, follow_up: Option<&Case>) {
    let update = UpdateCaseRequest {
        case_id: id.to_owned(),
        subject: "Another".to_owned(),
        update_mask: Some(FieldMask { paths: vec!["subject".to_owned()] }),
        ..Default::default()
    };
    let version = cases.get(&cases.tanvir, id).await.unwrap().version;
    let update = cases.of_version(&cases.tanvir, version, update);
    let participant = AddCaseParticipantRequest {
        case_id: id.to_owned(),
        account_id: cases.farhana.person.account.to_string(),
    };
    let leaving = RemoveCaseParticipantRequest {
        case_id: id.to_owned(),
        account_id: cases.tanvir.person.account.to_string(),
    };
    let refusals = [
        refusal(cases.say(&cases.tanvir, id, "One more thing").await),
        refusal(cases.say(&cases.grace, id, "One more thing").await),
        refusal(cases.note(&cases.grace, id, "One more thing").await),
        refusal(cases.wait_for(&cases.grace, id).await),
        refusal(cases.solve(&cases.grace, id).await),
        refusal(cases.assign(&cases.grace, id, &cases.grace).await),
        refusal(cases.close(&cases.paul, id, "Again").await),
        refusal(cases.client().update_case(update).await),
        refusal(cases.client().add_case_participant(cases.by(&cases.tanvir, participant)).await),
        refusal(cases.client().remove_case_participant(cases.by(&cases.tanvir, leaving)).await),
    ];
    for refused in refusals {
        assert_eq!(refused.reason(), "CASE_CLOSED");
        match follow_up {
            Some(case) => assert_eq!(refused.fact("followUpId"), Some(&*case.case_id)),
            None => assert_eq!(refused.fact("followUpAt"), Some(&*format!("/v1/cases/{id}/follow-ups"))),
        }
    }
}

#[tokio::test]
async fn a_request_is_told_all_that_is_wrong_with_it() {
    let cases = TestCases::start().await;
    let wrong = OpenCaseRequest {
        subject: "x".repeat(201),
        description: " ".to_owned(),
        identifiers: vec![CaseIdentifier { name: String::new(), value: "B\u{200b}".to_owned() }],
        external_id: "two\nlines".to_owned(),
        organization_id: cases.linh.person.organization.to_string(),
        ..Default::default()
    };
    let refused = refusal(cases.try_open(&cases.tanvir, wrong).await);
    let fields: Vec<_> = refused.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "kind",
            "topic",
            "formVersion",
            "subject",
            "description",
            "identifiers[0].name",
            "identifiers[0].value",
            "externalId",
            "organizationId",
        ]
    );
    let nowhere = refusal(cases.try_open(&cases.grace, opening("For nobody")).await);
    assert_eq!(nowhere.violations()[0].0, "organizationId");
}

#[tokio::test]
async fn support_opens_a_case_for_an_organization_it_knows() {
    let cases = TestCases::start().await;
    let organization = cases.tanvir.person.organization.to_string();
    let for_them = |requester: &str| OpenCaseRequest {
        organization_id: organization.clone(),
        requester_id: requester.to_owned(),
        ..opening("Called by phone")
    };
    let tanvir = cases.tanvir.person.account.to_string();
    let case = cases.try_open(&cases.grace, for_them(&tanvir)).await.unwrap();
    assert_eq!((&case.organization_id, &case.requester_id), (&organization, &tanvir));
    assert_eq!(cases.get(&cases.tanvir, &case.case_id).await.unwrap().participant_ids, [tanvir]);
    let stranger = cases.linh.person.account.to_string();
    let refused = refusal(cases.try_open(&cases.grace, for_them(&stranger)).await);
    assert_eq!(refused.reason(), "PARTICIPANT_NOT_MEMBER");
    let unknown = OpenCaseRequest {
        organization_id: "0198c0de-5a5e-7b1f-8a51-2f6f0f9b3c41".to_owned(),
        ..opening("For whom?")
    };
    assert_eq!(refusal(cases.try_open(&cases.grace, unknown).await).reason(), "NOT_FOUND");
}

#[tokio::test]
async fn the_same_key_gets_the_same_case() {
    let cases = TestCases::start().await;
    let key = key();
    let (mut client_a, mut client_b) = (cases.client(), cases.client());
    let first = client_a.open_case(cases.keyed(&cases.tanvir, &key, opening("Once"))).await.unwrap();
    let second = client_b.open_case(cases.keyed(&cases.tanvir, &key, opening("Once"))).await.unwrap();
    assert_eq!(first.into_inner(), second.into_inner());
    assert_eq!(cases.count("select count(*) from support_case").await, 1);
    assert_eq!(cases.count("select count(*) from case_message").await, 1);
}

#[tokio::test]
async fn what_a_case_says_of_itself_is_changed_by_who_read_it_last() {
    let cases = TestCases::start().await;
    let case = cases.open(&cases.tanvir, "Slots are not visible").await;
    let change = |paths: &[&str]| UpdateCaseRequest {
        case_id: case.case_id.clone(),
        subject: "Slots of Mirpur are not visible".to_owned(),
        identifiers: vec![CaseIdentifier { name: "merchant".to_owned(), value: "BD-SHONDHAN-77".to_owned() }],
        external_id: "TICKET-4711".to_owned(),
        topic: "integration".to_owned(),
        severity: case::Severity::High.into(),
        update_mask: Some(FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }),
    };
    let mut client = cases.client();
    let own = change(&["subject", "identifiers", "external_id"]);
    let unread = refusal(client.update_case(cases.by(&cases.tanvir, own.clone())).await);
    assert_eq!(unread.reason(), "PRECONDITION_REQUIRED");
    let changed = client.update_case(cases.of_version(&cases.tanvir, 1, own.clone())).await.unwrap();
    let changed = changed.into_inner().case.unwrap();
    assert_eq!((changed.version, &*changed.external_id), (2, "TICKET-4711"));
    assert_eq!((&*changed.topic, changed.severity()), ("appointments", case::Severity::Normal));
    let stale = refusal(client.update_case(cases.of_version(&cases.tanvir, 1, own)).await);
    assert_eq!(stale.reason(), "STALE_VERSION");
    let support = change(&["topic", "severity"]);
    let refused = refusal(client.update_case(cases.of_version(&cases.tanvir, 2, support.clone())).await);
    assert_eq!(refused.reason(), "SUPPORT_ONLY");
    let changed = client.update_case(cases.of_version(&cases.grace, 2, support)).await.unwrap();
    let changed = changed.into_inner().case.unwrap();
    assert_eq!((changed.version, changed.severity()), (3, case::Severity::High));
    let wrong = refusal(client.update_case(cases.of_version(&cases.grace, 3, change(&["state"]))).await);
    assert_eq!(wrong.violations()[0].0, "state");

    let told: Vec<_> = cases.history(&cases.tanvir, &case.case_id).await;
    let told: Vec<_> = told.iter().map(|it| (it.change(), &*it.before, &*it.after)).collect();
    use case_change::Change;
    assert_eq!(
        told,
        [
            (Change::Opened, "", ""),
            (Change::Subject, "Slots are not visible", "Slots of Mirpur are not visible"),
            (Change::Identifiers, "", "merchant: BD-SHONDHAN-77"),
            (Change::ExternalId, "", "TICKET-4711"),
            (Change::Topic, "appointments", "integration"),
            (Change::Severity, "NORMAL", "HIGH"),
        ]
    );
}

#[tokio::test]
async fn answers_of_a_form_come_back_as_they_were_given() {
    let cases = TestCases::start().await;
    let given = answers(&[("problem", "WRONG_PRICE")]);
    let request = OpenCaseRequest {
        answers: Some(given.clone()),
        unknown: vec!["bookingId".to_owned()],
        ..opening("Wrong price")
    };
    let opened = cases.try_open(&cases.tanvir, request).await.unwrap();
    let read = cases.get(&cases.farhana, &opened.case_id).await.unwrap();
    assert_eq!((read.answers, read.unknown), (Some(given), vec!["bookingId".to_owned()]));
}

#[tokio::test]
async fn answers_fit_the_form_that_stands() {
    let cases = TestCases::start().await;
    let wrong = OpenCaseRequest {
        answers: Some(answers(&[("problem", "WRONG_PRICE"), ("colour", "red")])),
        ..opening("Wrong price")
    };
    let refused = refusal(cases.try_open(&cases.tanvir, wrong).await);
    let mut fields: Vec<_> = refused.violations().iter().map(|(field, _)| field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["answers.bookingId", "answers.colour"]);
    let outdated = OpenCaseRequest { form_version: 2, ..opening("Wrong price") };
    let refused = refusal(cases.try_open(&cases.tanvir, outdated).await);
    assert_eq!((refused.reason(), refused.fact("formVersion")), ("FORM_OUTDATED", Some("1")));
    let unheard = OpenCaseRequest { topic: "weather".to_owned(), ..opening("Rain") };
    assert_eq!(refusal(cases.try_open(&cases.tanvir, unheard).await).violations()[0].0, "topic");
}

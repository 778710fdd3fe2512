//! Lists of cases: what they are narrowed to, in which pages, and what is found in them.

use careway_contract::cases::v1::{case::State, *};
use careway_testing::refusal;
use serde_json::Value;

use crate::test_cases::{TestCases, answers, opening};

#[tokio::test]
async fn a_list_is_narrowed_by_each_of_its_filters() {
    let cases = TestCases::start().await;
    let with_identifier = OpenCaseRequest {
        identifiers: vec![CaseIdentifier { name: "merchant".to_owned(), value: "BD-SHONDHAN-77".to_owned() }],
        external_id: "TICKET-4711".to_owned(),
        topic: "billing".to_owned(),
        answers: Some(answers(&[("invoiceNumber", "F-2026-09")])),
        ..opening("Invoice of September")
    };
    cases.try_open(&cases.tanvir, with_identifier).await.unwrap();
    let slots = cases.open(&cases.farhana, "Slots are not visible").await;
    let between = cases.clock.now();
    let webhooks = cases.open(&cases.linh, "Webhooks come late").await;
    cases.assign(&cases.grace, &webhooks.case_id, &cases.grace).await.unwrap();
    let all = ListCasesRequest::default;

    let own = cases.list(&cases.nusrat, all()).await;
    assert_eq!(own, ["Slots are not visible", "Invoice of September"], "the newest first, one's own alone");
    assert_eq!(cases.list(&cases.grace, all()).await.len(), 3);
    let organization_id = cases.linh.person.organization.to_string();
    let one = ListCasesRequest { organization_id: organization_id.clone(), ..all() };
    assert_eq!(cases.list(&cases.grace, one.clone()).await, ["Webhooks come late"]);
    let foreign = refusal(cases.client().list_cases(cases.by(&cases.tanvir, one)).await);
    assert_eq!(foreign.violations()[0].0, "organizationId");

    let by_grace = [
        (ListCasesRequest { state: State::InProgress.into(), ..all() }, vec!["Webhooks come late"]),
        (ListCasesRequest { topic: "billing".to_owned(), ..all() }, vec!["Invoice of September"]),
        (ListCasesRequest { identifier: "bd-shondhan-77".to_owned(), ..all() }, vec!["Invoice of September"]),
        (ListCasesRequest { identifier: "ticket-4711".to_owned(), ..all() }, vec!["Invoice of September"]),
        (ListCasesRequest { identifier: "BD-SHONDHAN-7".to_owned(), ..all() }, vec![]),
        (
            ListCasesRequest { assignee: cases.grace.person.account.to_string(), ..all() },
            vec!["Webhooks come late"],
        ),
        (
            ListCasesRequest { assignee: "none".to_owned(), ..all() },
            vec!["Slots are not visible", "Invoice of September"],
        ),
        (
            ListCasesRequest { updated_after: Some(careway_service::timestamp(between)), ..all() },
            vec!["Webhooks come late"],
        ),
        (ListCasesRequest { due_before: Some(careway_service::timestamp(between)), ..all() }, vec![]),
        (ListCasesRequest { q: slots.number.to_lowercase(), ..all() }, vec!["Slots are not visible"]),
        (ListCasesRequest { q: "ticket-4711".to_owned(), ..all() }, vec!["Invoice of September"]),
        (ListCasesRequest { q: "VISIBLE slots".to_owned(), ..all() }, vec!["Slots are not visible"]),
        (
            ListCasesRequest { q: "tariff 40".to_owned(), ..all() },
            vec!["Webhooks come late", "Slots are not visible", "Invoice of September"],
        ),
        (ListCasesRequest { q: "?!".to_owned(), ..all() }, vec![]),
        (ListCasesRequest { q: "it's \\ 'quoted' & | !".to_owned(), ..all() }, vec![]),
    ];
    for (request, expected) in by_grace {
        assert_eq!(cases.list(&cases.grace, request.clone()).await, expected, "{request:?}");
    }
    let wrong = ListCasesRequest { assignee: "me".to_owned(), ..all() };
    let refused = refusal(cases.client().list_cases(cases.by(&cases.grace, wrong)).await);
    assert_eq!(refused.violations()[0].0, "assignee");

    // What belongs to others is not found by whatever names it.
    for q in [webhooks.number.as_str(), "webhooks"] {
        assert!(cases.list(&cases.tanvir, ListCasesRequest { q: q.to_owned(), ..all() }).await.is_empty());
    }
}

#[tokio::test]
async fn pages_follow_one_another_and_are_the_callers_own() {
    let cases = TestCases::start().await;
    for number in 0..5 {
        cases.open(&cases.tanvir, &format!("Case {number}")).await;
    }
    let mut request = ListCasesRequest { page_size: 2, ..Default::default() };
    let mut seen = Vec::new();
    loop {
        let page =
            cases.client().list_cases(cases.by(&cases.farhana, request.clone())).await.unwrap().into_inner();
        seen.extend(page.cases.into_iter().map(|case| case.subject));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(seen, ["Case 4", "Case 3", "Case 2", "Case 1", "Case 0"]);
    let stolen = refusal(cases.client().list_cases(cases.by(&cases.linh, request)).await);
    assert_eq!(stolen.violations()[0].0, "pageToken");

    let case = cases.open(&cases.tanvir, "Talk").await;
    for number in 1..4 {
        cases.say(&cases.tanvir, &case.case_id, &format!("Word {number}")).await.unwrap();
    }
    let mut request =
        ListCaseMessagesRequest { case_id: case.case_id.clone(), page_size: 3, ..Default::default() };
    let page = cases.client().list_case_messages(cases.by(&cases.tanvir, request.clone())).await.unwrap();
    request.page_token = page.into_inner().next_page_token;
    let last =
        cases.client().list_case_messages(cases.by(&cases.tanvir, request)).await.unwrap().into_inner();
    assert_eq!((last.messages[0].body.as_str(), &*last.next_page_token), ("Word 3", ""));
    let history = ListCaseHistoryRequest { case_id: case.case_id, page_size: 2, ..Default::default() };
    let page = cases.client().list_case_history(cases.by(&cases.tanvir, history.clone())).await.unwrap();
    let page = page.into_inner();
    let next = ListCaseHistoryRequest { page_token: page.next_page_token, ..history };
    let next = cases.client().list_case_history(cases.by(&cases.tanvir, next)).await.unwrap().into_inner();
    assert_eq!((page.changes.len(), next.changes.len()), (2, 2));
}

#[tokio::test]
async fn every_search_of_the_vectors_is_found_by_postgres() {
    let cases = TestCases::start().await;
    let k1 = cases.open(&cases.tanvir, "K1").await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/cases/search.jsonl");
    let file = std::fs::read_to_string(path).unwrap().replace("{{number K1}}", &k1.number);
    for row in file.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let vector = row["id"].as_str().unwrap();
        let mut opened = Vec::new();
        for (name, text) in row["texts"].as_object().unwrap() {
            let request = OpenCaseRequest {
                description: text.as_str().unwrap().to_owned(),
                external_id: vector.to_owned(),
                ..opening(name)
            };
            opened.push(cases.try_open(&cases.tanvir, request).await.unwrap().case_id);
        }
        for wanted in row["queries"].as_array().unwrap() {
            let q = wanted["q"].as_str().unwrap().to_owned();
            let request = ListCasesRequest { q: q.clone(), ..Default::default() };
            let page =
                cases.client().list_cases(cases.by(&cases.tanvir, request)).await.unwrap().into_inner();
            let mut found: Vec<_> = page
                .cases
                .iter()
                .filter(|case| case.external_id == vector)
                .map(|case| case.subject.clone())
                .collect();
            found.sort();
            let names = |field: &str| -> Option<Vec<String>> {
                Some(wanted[field].as_array()?.iter().map(|it| it.as_str().unwrap().to_owned()).collect())
            };
            if let Some(finds) = names("finds") {
                assert_eq!(found, finds, "{vector} {q}");
            }
            if let Some(may) = names("mayFind") {
                assert!(found.iter().all(|name| may.contains(name)), "{vector} {q}");
            }
            if let Some(key) = wanted["findsCase"].as_str() {
                assert!(page.cases.iter().any(|case| case.subject == key), "{vector} {q}");
            }
        }
    }
}

//! Lists of renewals, over gRPC: what they hold is what the agency's participants have, and no more.

use careway_contract::renewals::v1::{
    list_renewals_request::{Order, State},
    mismatch::Reason,
    *,
};

use careway_testing::refusal;

use crate::{
    test_items::{FIRST, renewing},
    test_people::{CODES, Made, TestPeople, made},
};

fn numbers(listed: &ListRenewalsResponse) -> Vec<&str> {
    listed.renewals.iter().map(|renewal| &*renewal.bhxh_number).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_of_the_renewal_data_alone_is_in_no_list_and_comes_by_itself_with_its_participant() {
    let people = TestPeople::with_salary().await;
    people.due(made("7936491863")).await;
    let alone = people.item(&people.authority, &people.agency, "7936491871", "2026-12-12").await;
    people.person(made("7936491880")).await;
    people.item(&people.authority, &people.second_agency, "7936491880", "2026-12-12").await;
    people.person(made("7936491898")).await;
    people.item(&people.authority, &people.agency, "7936491898", "2026-12-13").await;
    for person in [&people.agency, &people.authority] {
        let listed = people.listed_renewals(person, ListRenewalsRequest::default()).await;
        assert_eq!((numbers(&listed), listed.total), (vec!["7936491863"], 1));
        assert!(people.renewal(person, &alone).await.is_err());
    }
    for person in [&people.second_agency, &people.other_agency, &people.other_authority] {
        let listed = people.listed_renewals(person, ListRenewalsRequest::default()).await;
        assert_eq!((listed.renewals.len(), listed.total), (0, 0));
    }
    assert!(people.renew(&people.agency, renewing(&[&alone], FIRST, "BL-1")).await.is_err());

    let asked = people.by(&people.authority, ListMismatchesRequest::default());
    let told = people.renewals().list_mismatches(asked).await.unwrap().into_inner().mismatches;
    let told: Vec<_> = told.iter().map(|it| (&*it.bhxh_number, it.reason(), &*it.agency_code)).collect();
    assert_eq!(
        told,
        [
            ("7936491898", Reason::LastDayDiffers, CODES[0]),
            ("7936491880", Reason::OtherAgency, CODES[1]),
            ("7936491871", Reason::NoParticipant, CODES[0]),
        ]
    );
    let asked = people.by(&people.agency, ListMismatchesRequest::default());
    assert!(people.renewals().list_mismatches(asked).await.is_err(), "they are the authority's");

    people.person(made("7936491871")).await;
    let listed = people.listed_renewals(&people.agency, ListRenewalsRequest::default()).await;
    assert_eq!(numbers(&listed), ["7936491863", "7936491871"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn due_and_lapsed_are_whole_days_of_the_agency() {
    let people = TestPeople::with_salary().await;
    // It is the 28th there, and was since 17:00 UTC of the 27th.
    for (number, last_day) in [
        ("7936491800", "2026-12-29"),
        ("7936491801", "2026-12-28"),
        ("7936491802", "2026-11-28"),
        ("7936491803", "2026-11-27"),
        ("7936491804", "2026-10-29"),
        ("7936491805", "2026-10-28"),
    ] {
        people.due(Made { last_day, ..made(number) }).await;
    }
    let of = |state: State| ListRenewalsRequest { state: state.into(), ..Default::default() };
    let due = people.listed_renewals(&people.agency, of(State::Due)).await;
    assert_eq!(numbers(&due), ["7936491802", "7936491801"]);
    assert_eq!(due.renewals.iter().map(|it| it.days_left).collect::<Vec<_>>(), [0, 30]);
    let lapsed = people.listed_renewals(&people.agency, of(State::Lapsed)).await;
    assert_eq!(numbers(&lapsed), ["7936491804", "7936491803"]);
    let both = people.listed_renewals(&people.authority, of(State::Unspecified)).await;
    assert_eq!(both.total, 4);
    let settings =
        RenewalSettings { window_days: Some(7), lapsed_days: Some(0), version: None, ..Default::default() };
    let request = SetRenewalSettingsRequest { settings: Some(settings) };
    people.settings().set_renewal_settings(people.versioned(&people.authority, 1, request)).await.unwrap();
    let fewer = people.listed_renewals(&people.agency, of(State::Unspecified)).await;
    assert_eq!(numbers(&fewer), ["7936491802"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_searched_sorted_and_paged() {
    let people = TestPeople::with_salary().await;
    for (number, name, household, last_day) in [
        ("7936491801", "Đào Duy Anh", "B", "2026-12-03"),
        ("7936491802", "Dương Văn An", "A", "2026-12-01"),
        ("7936491803", "Ấn Văn Bình", "A", "2026-12-02"),
        ("7936491804", "Nguyễn Thị Hoà", "C", "2026-12-04"),
    ] {
        people.due(Made { name, number, household, last_day }).await;
    }
    let by = |order: Order| ListRenewalsRequest { order: order.into(), page_size: 3, ..Default::default() };
    for (order, wanted) in [
        (Order::LastDay, ["02", "03", "01", "04"]),
        (Order::FamilyName, ["03", "02", "01", "04"]),
        (Order::GivenName, ["02", "01", "03", "04"]),
        (Order::Household, ["02", "03", "01", "04"]),
    ] {
        let first = people.listed_renewals(&people.agency, by(order)).await;
        let next = ListRenewalsRequest { page_token: first.next_page_token.clone(), ..by(order) };
        let second = people.listed_renewals(&people.agency, next).await;
        let all: Vec<&str> = numbers(&first).into_iter().chain(numbers(&second)).map(|it| &it[8..]).collect();
        assert_eq!(all, wanted, "{order:?}");
        assert_eq!((first.total, second.total, &*second.next_page_token), (4, 4, ""));
    }
    let q = |q: &str| ListRenewalsRequest { q: q.to_owned(), ..Default::default() };
    for (asked, wanted) in [
        ("hoà nguyen", vec!["7936491804"]),
        ("dao", vec!["7936491801"]),
        ("79364918", vec!["7936491802", "7936491803", "7936491801", "7936491804"]),
        ("guyen", vec![]),
        ("%", vec![]),
        ("0912345678", vec![]),
    ] {
        assert_eq!(numbers(&people.listed_renewals(&people.agency, q(asked)).await), wanted, "{asked}");
    }
    let of_household = ListRenewalsRequest { household: "A".to_owned(), ..Default::default() };
    assert_eq!(people.listed_renewals(&people.agency, of_household).await.total, 2);
    let ends_before = ListRenewalsRequest {
        last_day_from: "2026-12-03".to_owned(),
        last_day_to: "2026-12-02".to_owned(),
        ..Default::default()
    };
    let ends_before = people.renewals().list_renewals(people.by(&people.agency, ends_before)).await;
    assert_eq!(refusal(ends_before).violations()[0].0, "lastDayTo");
    let days = ListRenewalsRequest {
        last_day_from: "2026-12-02".to_owned(),
        last_day_to: "2026-12-03".to_owned(),
        ..Default::default()
    };
    assert_eq!(numbers(&people.listed_renewals(&people.agency, days).await), ["7936491803", "7936491801"]);
}

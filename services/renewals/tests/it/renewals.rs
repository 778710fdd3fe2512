//! Renewing, over gRPC: what it costs, who may, and all or none.

use careway_contract::renewals::v1::{renewal::State, *};
use careway_service::{Error, Kind};
use careway_testing::{key, refusal};
use futures::future::join_all;

use crate::{
    test_items::{FIRST, PAID_ON, SECOND, dong, renewing},
    test_people::{Made, TestPeople, made},
};

fn of_household(number: &str) -> Made<'_> {
    Made { household: "HGD-0201", ..made(number) }
}

fn reason(outcome: Result<Vec<Renewal>, Error>) -> String {
    refusal(outcome).reason().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_pays_together_and_each_next_one_less() {
    let people = TestPeople::with_salary().await;
    let (first, second) =
        (people.due(of_household("7936491863")).await, people.due(of_household("7936491871")).await);
    let quote = QuoteRenewalsRequest {
        renewal_ids: vec![first.clone(), second.clone()],
        months: 12,
        paid_on: String::new(),
    };
    let quoted =
        people.renewals().quote_renewals(people.by(&people.agency, quote)).await.unwrap().into_inner();
    assert_eq!(quoted.total, Some(dong(FIRST + SECOND)));
    let amounts: Vec<_> = quoted.cards.iter().map(|card| card.amount.clone().unwrap()).collect();
    assert_eq!(amounts, [dong(FIRST), dong(SECOND)]);
    assert_eq!((&*quoted.cards[0].from, &*quoted.cards[0].to), ("2026-12-13", "2027-12-12"));

    let request = renewing(&[&first, &second], FIRST + SECOND, "BL-1");
    let renewed = people.renew(&people.agency, request).await.unwrap();
    for (renewal, rank) in renewed.iter().zip([1, 2]) {
        let paid = renewal.contribution.as_ref().unwrap();
        assert_eq!((renewal.state(), paid.rank, &*paid.receipt_number), (State::Renewed, rank, "BL-1"));
        let read = people.renewal(&people.agency, &renewal.renewal_id).await.unwrap();
        assert_eq!(*renewal, read, "the answer is what stands");
    }
    assert!(people.listed_renewals(&people.agency, ListRenewalsRequest::default()).await.renewals.is_empty());
    assert_eq!(people.said("CardRenewed").await, 2);

    // Whoever pays for the household later in the year comes after them; next year the ranks begin anew.
    let third = people.due(of_household("7936491880")).await;
    let quote = |paid_on: &str| QuoteRenewalsRequest {
        renewal_ids: vec![third.clone()],
        months: 12,
        paid_on: paid_on.to_owned(),
    };
    for (paid_on, rank) in [(PAID_ON, 3), ("2027-01-01", 1)] {
        let request = people.by(&people.agency, quote(paid_on));
        let quoted = people.renewals().quote_renewals(request).await.unwrap().into_inner();
        assert_eq!(quoted.cards[0].rank, rank, "{paid_on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_told_and_changes_nothing() {
    let people = TestPeople::with_salary().await;
    let agency = &people.agency;
    let one = people.due(of_household("7936491863")).await;
    let other = people.due(made("7936491871")).await;
    let early = people.due(Made { last_day: "2027-02-01", ..made("7936491880") }).await;
    let gone = people.due(made("7936491898")).await;
    sqlx::query("update participant set result = 'DECEASED' where bhxh_number = '7936491898'")
        .execute(&people.admin)
        .await
        .unwrap();

    let differs = refusal(people.renew(agency, renewing(&[&one], FIRST - 1, "BL-1")).await);
    assert_eq!(differs.reason(), "AMOUNT_DIFFERS");
    assert_eq!(differs.fact("quote"), Some(FIRST.to_string().as_str()));
    let both = renewing(&[&one, &other], FIRST + SECOND, "BL-1");
    assert_eq!(reason(people.renew(agency, both).await), "SEVERAL_HOUSEHOLDS");
    assert_eq!(reason(people.renew(agency, renewing(&[&early], FIRST, "BL-1")).await), "TOO_EARLY");
    assert_eq!(reason(people.renew(agency, renewing(&[&gone], FIRST, "BL-1")).await), "PERSON_GONE");
    let months = RenewRequest { months: 5, ..renewing(&[&one], FIRST, "BL-1") };
    let not_offered = refusal(people.renew(agency, months).await);
    assert_eq!((not_offered.reason(), not_offered.fact("months")), ("MONTHS_NOT_OFFERED", Some("3, 6, 12")));
    let before = RenewRequest { paid_on: "2024-06-30".to_owned(), ..renewing(&[&one], FIRST, "BL-1") };
    assert_eq!(reason(people.renew(agency, before).await), "TOO_EARLY");
    let tomorrow = RenewRequest { paid_on: "2026-11-29".to_owned(), ..renewing(&[&one], FIRST, "BL-1") };
    assert_eq!(refusal(people.renew(agency, tomorrow).await).violations()[0].0, "paidOn");
    assert_eq!(people.count("select count(*) from renewal").await, 0);
    assert_eq!(people.count("select count(*) from contribution").await, 0);

    people.renew(agency, renewing(&[&one], FIRST, "BL-1")).await.unwrap();
    let again = refusal(people.renew(agency, renewing(&[&one], FIRST, "BL-2")).await);
    assert_eq!((again.reason(), again.fact("renewalId")), ("RENEWED_ALREADY", Some(&*one)));
    assert_eq!(reason(people.renew(agency, renewing(&[&other], FIRST, "BL-1")).await), "RECEIPT_USED");

    // Another agency's are as if they were not, and so are another authority's; a payment is for agencies.
    for person in [&people.second_agency, &people.other_agency] {
        let stranger = people.renew(person, renewing(&[&other], FIRST, "BL-9")).await;
        assert_eq!(refusal(stranger).kind(), Kind::NotFound);
        assert_eq!(refusal(people.renewal(person, &other).await).kind(), Kind::NotFound);
    }
    assert_eq!(refusal(people.renewal(&people.other_authority, &other).await).kind(), Kind::NotFound);
    assert_eq!(
        refusal(people.renew(&people.authority, renewing(&[&other], FIRST, "BL-9")).await).kind(),
        Kind::Forbidden
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_violation_is_named() {
    let people = TestPeople::with_salary().await;
    let refused = refusal(people.renew(&people.agency, RenewRequest::default()).await);
    let fields: Vec<_> = refused.violations().iter().map(|(field, _)| (*field).to_owned()).collect();
    for field in ["renewalIds", "months", "paidOn", "amount", "receiptNumber"] {
        assert!(fields.iter().any(|told| told.starts_with(field)), "{field} of {fields:?}");
    }
    let one = people.due(made("7936491863")).await;
    let twice = renewing(&[&one, &one, "x"], FIRST, "BL-1");
    let refused = refusal(people.renew(&people.agency, twice).await);
    let fields: Vec<_> = refused.violations().iter().map(|(field, _)| (*field).to_owned()).collect();
    assert_eq!(fields, ["renewalIds[1]", "renewalIds[2]"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_base_salary_nothing_is_quoted() {
    let people = TestPeople::start().await;
    let one = people.due(made("7936491863")).await;
    let refused = people.renew(&people.agency, renewing(&[&one], FIRST, "BL-1")).await;
    assert_eq!(reason(refused), "BASE_SALARY_UNKNOWN");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_payments_at_once_one_renews_and_the_household_has_each_rank_once() {
    let people = TestPeople::with_salary().await;
    let one = people.due(made("7936491863")).await;
    let asked = (0..20).map(|n| people.renew(&people.agency, renewing(&[&one], FIRST, &format!("BL-{n}"))));
    let outcomes = join_all(asked).await;
    let renewed = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let told: Vec<_> =
        outcomes.into_iter().filter_map(|outcome| Some(outcome.err()?.reason().to_owned())).collect();
    assert_eq!((renewed, told), (1, vec!["RENEWED_ALREADY".to_owned(); 19]));
    assert_eq!(people.count("select count(*) from renewal").await, 1);

    let numbers: Vec<String> = (0..6).map(|n| format!("793649190{n}")).collect();
    let mut items = Vec::new();
    for number in &numbers {
        items.push(people.due(of_household(number)).await);
    }
    // Nobody knows the rank before: each asks again with what the quote says by then.
    join_all(items.iter().map(async |item| {
        let mut amount = FIRST;
        loop {
            let request = renewing(&[item], amount, &format!("H-{item}"));
            match people.renew(&people.agency, request).await {
                Ok(_) => break,
                Err(error) => amount = error.fact("quote").expect("the quote").parse().unwrap(),
            }
        }
    }))
    .await;
    let ranks: Vec<i32> = sqlx::query_scalar("select rank from renewal where household <> '' order by rank")
        .fetch_all(&people.admin)
        .await
        .unwrap();
    assert_eq!(ranks, [1, 2, 3, 4, 5, 6]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_renews_once() {
    let people = TestPeople::with_salary().await;
    let one = people.due(made("7936491863")).await;
    let key = key();
    let first = people.renew_under(&people.agency, &key, renewing(&[&one], FIRST, "BL-1")).await.unwrap();
    let again = people.renew_under(&people.agency, &key, renewing(&[&one], FIRST, "BL-1")).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(people.count("select count(*) from renewal").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_renewed_before_a_hand_over_is_the_authoritys_to_see_and_to_take_back() {
    let people = TestPeople::with_salary().await;
    let one = people.due(made("7936491863")).await;
    people.renew(&people.agency, renewing(&[&one], FIRST, "BL-1")).await.unwrap();
    let request = HandOverAgencyRequest {
        agency_id: people.agency.organization.to_string(),
        successor_id: people.second_agency.organization.to_string(),
    };
    people.agencies().hand_over_agency(people.by(&people.authority, request)).await.unwrap();
    assert_eq!(people.renewal(&people.authority, &one).await.unwrap().state(), State::Renewed);
    for agency in [&people.agency, &people.second_agency] {
        assert_eq!(refusal(people.renewal(agency, &one).await).kind(), Kind::NotFound);
    }
    assert!(people.undo(&people.authority, &one).await.unwrap().contribution.is_none());
    let ends = "select count(*) from participant where last_day = '2026-12-12'";
    assert_eq!(people.count(ends).await, 1, "the card ends as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_is_taken_back_within_thirty_days_and_the_card_ends_as_before() {
    let people = TestPeople::with_salary().await;
    let (one, two) = (people.due(made("7936491863")).await, people.due(made("7936491871")).await);
    assert_eq!(refusal(people.undo(&people.authority, &one).await).reason(), "NOT_RENEWED");
    people.renew(&people.agency, renewing(&[&one], FIRST, "BL-1")).await.unwrap();
    people.renew(&people.agency, renewing(&[&two], FIRST, "BL-2")).await.unwrap();
    assert_eq!(refusal(people.undo(&people.other_authority, &one).await).kind(), Kind::NotFound);
    assert_eq!(refusal(people.undo(&people.agency, &one).await).kind(), Kind::Forbidden);

    let open = people.undo(&people.authority, &one).await.unwrap();
    assert_eq!((open.state(), open.contribution.clone()), (State::Due, None));
    assert_eq!(people.renewal(&people.agency, &one).await.unwrap(), open, "the answer is what stands");
    let ends =
        "select count(*) from participant where bhxh_number = '7936491863' and last_day = '2026-12-12'";
    assert_eq!(people.count(ends).await, 1);
    assert_eq!(people.count("select count(*) from card_period").await, 3, "the new period is gone");
    assert_eq!(people.said("RenewalUndone").await, 1);
    // It can be renewed again, but not by the same receipt.
    let again = people.renew(&people.agency, renewing(&[&one], FIRST, "BL-1")).await;
    assert_eq!(reason(again), "RECEIPT_USED");
    people.renew(&people.agency, renewing(&[&one], FIRST, "BL-3")).await.unwrap();

    people.clock.advance(std::time::Duration::from_secs(31 * 86_400));
    assert_eq!(refusal(people.undo(&people.authority, &two).await).reason(), "UNDO_TOO_LATE");
}

//! What a hand-over does to what is under way: reminders, renewals that are taken back, and whoever works on the same rows.

use careway_contract::renewals::v1::{
    campaign::{Kind, State},
    renewal, *,
};
use careway_testing::{eventually, refusal};

use crate::{
    test_items::{FIRST, SECOND, dong, renewing},
    test_people::{Made, TestPeople, made},
    test_reminders::{campaign, in_a_fortnight},
};

const HOA: &str = "7936491863";
const MOBILE: &str = "+84912345678";

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_goes_on_in_the_name_of_the_successor() {
    let people = TestPeople::reminding().await;
    people.reachable(in_a_fortnight(HOA), MOBILE).await;
    // Eleven in the evening there.
    people.at("2036-11-28T16:00:00Z");
    let id = people.begin(campaign(Kind::Standing, &[-14, -7])).await;
    people.all_stand(&id, 1, &["HELD"]).await;
    people.pause(&id).await.unwrap();
    people.hand_over(&people.authority, &people.agency, &people.second_agency).await.unwrap();

    for gone in [
        refusal(people.read_campaign(&people.agency, &id).await),
        refusal(people.resume(&id).await),
        refusal(people.cancel(&id).await),
    ] {
        assert_eq!(gone.reason(), "NOT_FOUND");
    }
    let request = people.by(&people.agency, ListCampaignsRequest::default());
    let listed = people.campaigns().list_campaigns(request).await.unwrap().into_inner();
    assert!(listed.campaigns.is_empty());
    let paused = people.read_campaign(&people.second_agency, &id).await.unwrap();
    assert_eq!(
        (paused.state(), paused.agency_id),
        (State::Paused, people.second_agency.organization.to_string())
    );

    // In the morning the successor lets it go on.
    people.at("2036-11-29T03:00:00Z");
    let later =
        format!("select count(*) from message where state = 'HELD' and due_at > '{}'", people.clock.now());
    eventually("it is held back for the pause", async || people.count(&later).await == 1).await;
    let resume = ResumeCampaignRequest { campaign_id: id.clone() };
    people.campaigns().resume_campaign(people.by(&people.second_agency, resume)).await.unwrap();
    eventually("it is sent", async || people.sent().len() == 1).await;
    let sent = people.sent();
    let text = sent[0]["text"].as_str().unwrap();
    assert!(text.contains("BI0902J - Đại lý BI0902J") && !text.contains("BI0902I"), "{text}");

    // And plans its next step for the successor's participant.
    people.at("2036-12-05T03:00:00Z");
    eventually("the next step is sent", async || people.sent().len() == 2).await;
    let request = ListRecipientsRequest { campaign_id: id, ..Default::default() };
    let listed = people.campaigns().list_recipients(people.by(&people.second_agency, request)).await.unwrap();
    assert_eq!(listed.into_inner().recipients.iter().map(|it| it.step).collect::<Vec<_>>(), [-14, -7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_is_taken_back_after_a_hand_over_is_open_at_the_successor() {
    let people = TestPeople::with_salary().await;
    let item = people.due(made(HOA)).await;
    people.renew(&people.agency, renewing(&[&item], FIRST, "BL-1")).await.unwrap();
    people.hand_over(&people.authority, &people.agency, &people.second_agency).await.unwrap();
    let open = people.undo(&people.authority, &item).await.unwrap();
    assert_eq!(open.agency_id, people.second_agency.organization.to_string());
    let listed = people.listed_renewals(&people.second_agency, ListRenewalsRequest::default()).await.renewals;
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].renewal_id.as_str(), listed[0].state()), (item.as_str(), renewal::State::Due));
    people.renew(&people.second_agency, renewing(&[&item], FIRST, "BL-2")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ranks_of_a_household_are_its_own_whichever_agencies_have_its_people() {
    let people = TestPeople::with_salary().await;
    let of_household = |number| Made { household: "HGD-0201", ..made(number) };
    let first = people.due(of_household(HOA)).await;
    let elsewhere = of_household("7936491871");
    let last_day = elsewhere.last_day.to_owned();
    people.participant(&people.authority, &people.second_agency, elsewhere).await;
    let second = people.item(&people.authority, &people.second_agency, "7936491871", &last_day).await;
    // At the same time: one of them is the first, and the other pays as the second.
    let (one, other) = tokio::join!(
        people.renew(&people.agency, renewing(&[&first], FIRST, "BL-1")),
        people.renew(&people.second_agency, renewing(&[&second], FIRST, "BL-2")),
    );
    let (renewed, (agency, item, refused)) = match (one, other) {
        (Ok(renewed), Err(refused)) => (renewed, (&people.second_agency, &second, refused)),
        (Err(refused), Ok(renewed)) => (renewed, (&people.agency, &first, refused)),
        both => panic!("{both:?}"),
    };
    assert_eq!(renewed[0].contribution.as_ref().unwrap().rank, 1);
    assert_eq!(refused.reason(), "AMOUNT_DIFFERS");
    let renewed = people.renew(agency, renewing(&[item], SECOND, "BL-3")).await.unwrap();
    let paid = renewed[0].contribution.as_ref().unwrap();
    assert_eq!((paid.rank, paid.amount.clone()), (2, Some(dong(SECOND))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_locks_people_in_the_order_in_which_everybody_does() {
    let people = TestPeople::start().await;
    let first = people.person(made(HOA)).await;
    let second = people.person(made("7936491871")).await;
    assert!(first.uuid() < second.uuid());
    // The first one's row is the last that a scan comes to.
    let moved = "update participant set address = 'moved' where participant_id = $1";
    sqlx::query(moved).bind(first.uuid()).execute(&people.admin).await.unwrap();
    let mut somebody = people.admin.begin().await.unwrap();
    let lock = "select 1 from participant where participant_id = $1 for update nowait";
    sqlx::query(lock).bind(first.uuid()).execute(&mut *somebody).await.unwrap();
    let handing_over = people.hand_over(&people.authority, &people.agency, &people.second_agency);
    let waiting = async {
        let waits = "select count(*) from pg_stat_activity
                     where datname = current_database() and wait_event_type = 'Lock' and query like '%participant%'";
        eventually("the hand-over waits", async || people.count(waits).await > 0).await;
        let free = sqlx::query(lock).bind(second.uuid()).execute(&mut *somebody).await;
        somebody.rollback().await.unwrap();
        free.expect("nobody holds the second while the first is waited for");
    };
    let (handed_over, ()) = tokio::join!(handing_over, waiting);
    assert_eq!(handed_over.unwrap().participants, 2);
}

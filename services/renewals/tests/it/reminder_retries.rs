//! What failed of a campaign, and what of it is tried once more.

use careway_contract::renewals::v1::campaign::{Kind, State};

use crate::{
    reminders::{NIGHT, set},
    test_people::{Made, TestPeople},
    test_reminders::{campaign, in_a_fortnight as made},
};

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_03_what_met_a_refusal_is_tried_again_and_what_may_have_gone_out_never() {
    let people = TestPeople::reminding().await;
    for (number, mobile) in [("7936491861", "+84912345671"), ("7936491862", "+84912345672")] {
        people.reachable(made(number), mobile).await;
    }
    // At night nothing goes out meanwhile; then a carrier refuses one, and does not answer about the other.
    people.at(NIGHT);
    let id = people.begin(campaign(Kind::Once, &[-14])).await;
    people.all_stand(&id, 2, &["HELD"]).await;
    for (state, order) in [("REJECTED", "asc"), ("UNKNOWN", "desc")] {
        let ends = format!(
            "update message set state = '{state}', sealed = null, ended_at = created_at, version = version + 1
             where message_id = (select message_id from message where state = 'HELD' order by message_id {order} limit 1)"
        );
        set(&people, &ends).await;
    }
    people.stands(&id, State::PartiallyFailed).await;
    assert_eq!(people.said("CampaignEnded").await, 1);
    assert_eq!(people.retry_failed(&id).await.recipients, 1);

    people.at("2036-11-29T03:00:00Z");
    let ended = people.all_stand(&id, 2, &["ACCEPTED", "UNKNOWN"]).await;
    assert_eq!(ended.iter().filter(|it| it.state == "ACCEPTED").count(), 1);
    assert_eq!(people.sent().len(), 1, "nobody is written to twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_may_have_got_in_part_and_words_that_are_over_are_not_tried_again() {
    let people = TestPeople::reminding().await;
    for person in 0..4 {
        let number = format!("793649186{person}");
        let last_day = if person == 3 { "2036-11-29" } else { "2036-12-12" };
        people.reachable(Made { last_day, ..made(&number) }, &format!("+8491234567{person}")).await;
    }
    people.at(NIGHT);
    let id = people.begin(campaign(Kind::Once, &[-14, -1])).await;
    let held = people.all_stand(&id, 4, &["HELD"]).await;
    // One part was delivered and the other refused; a carrier took one, and has not said what became of it; two parts came to
    // nobody; and the words of the last are true until the next midnight.
    let mut people_of = held.iter().filter(|it| it.step == -14);
    for (state, parts) in [
        ("REJECTED", "(1, 'one', 'DELIVERED'), (2, null, null)"),
        ("EXPIRED", "(1, 'two', null), (2, 'three', 'EXPIRED')"),
        ("EXPIRED", "(1, 'four', 'UNDELIVERED'), (2, 'five', 'EXPIRED')"),
    ] {
        let recipient = &people_of.next().unwrap().recipient_id;
        set(
            &people,
            &format!(
                "with ended as (
                     update message set state = '{state}', ended_at = created_at, version = version + 1
                     where message_id = (select message_id from reminder_recipient where recipient_id = '{recipient}')
                     returning message_id, organization_id, created_at)
                 insert into message_part (message_id, number, carrier_id, state, organization_id, route, submitted_at)
                 select message_id, n, carrier, s, organization_id, 'folder', created_at
                 from ended, (values {parts}) part (n, carrier, s)"
            ),
        )
        .await;
    }
    set(&people, "update message set state = 'EXPIRED', ended_at = created_at, version = version + 1 where state = 'HELD'")
        .await;
    people.at("2036-11-30T03:00:00Z");
    people.stands(&id, State::PartiallyFailed).await;
    assert_eq!(people.retry_failed(&id).await.recipients, 1);
    people.stands(&id, State::PartiallyFailed).await;
    let ended = people.all_stand(&id, 4, &["ACCEPTED", "DELIVERED", "REJECTED", "EXPIRED"]).await;
    assert_eq!(ended.iter().filter(|it| it.state == "EXPIRED").count(), 2, "{ended:?}");
    assert_eq!((people.sent().len(), people.said("CampaignEnded").await), (1, 2));

    // With nobody left to try, it has ended and says so no more.
    let nothing = people.retry_failed(&id).await;
    assert_eq!((nothing.recipients, nothing.campaign.unwrap().state()), (0, State::PartiallyFailed));
    people.reachable(made("7936491871"), "+84912345679").await;
    let other = people.begin(campaign(Kind::Once, &[-14])).await;
    people.stands(&other, State::Completed).await;
    assert_eq!(people.said("CampaignEnded").await, 3, "that one's end alone");
}

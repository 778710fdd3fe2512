//! Campaigns that are paused, go on, are cancelled; and what stands in the queue meanwhile.

use careway_contract::renewals::v1::{
    campaign::{Kind, State},
    *,
};
use careway_testing::eventually;

use crate::{
    reminders::{MOBILE, NIGHT, hoa, set},
    test_people::TestPeople,
    test_reminders::{campaign, in_a_fortnight as made},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_paused_campaign_has_in_the_queue_takes_no_place_of_another_ones() {
    let people = TestPeople::reminding().await;
    people.reachable(hoa(), MOBILE).await;
    people.at(NIGHT);
    let paused = people.begin(campaign(Kind::Once, &[-14])).await;
    people.all_stand(&paused, 1, &["HELD"]).await;
    people.pause(&paused).await.unwrap();
    set(
        &people,
        "with one as (select r.*, m.organization_id, m.due_at, m.expires_at, m.created_at
                      from reminder_recipient r join message m using (message_id)),
              many as (select gen_random_uuid() as recipient, gen_random_uuid() as message, n
                       from generate_series(1, 10000) n),
              queued as (
                  insert into message (message_id, organization_id, dedupe_key, channel, priority, template, state, subject,
                      due_at, expires_at, created_at)
                  select message, organization_id, message::text, 'SMS', 3, 'reminder', 'HELD', '{}', due_at, expires_at,
                      created_at
                  from one, many)
         insert into reminder_recipient (recipient_id, campaign_id, participant_id, last_day, step, state, message_id,
             attempts, planned_at)
         select recipient, campaign_id, participant_id, last_day + n, step, 'QUEUED', message, 1, planned_at from one, many",
    )
    .await;
    people.reachable(made("7936491871"), "+84912345679").await;
    let other = people.begin(campaign(Kind::Once, &[-14])).await;
    people.all_stand(&other, 1, &["HELD"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_lets_go_of_what_was_held_back_meanwhile() {
    let people = TestPeople::reminding().await;
    people.reachable(hoa(), MOBILE).await;
    people.at(NIGHT);
    let id = people.begin(campaign(Kind::Standing, &[-14])).await;
    people.all_stand(&id, 1, &["HELD"]).await;
    set(&people, "update reminder_campaign set state = 'PAUSED', pause_reason = 'REAPPROVAL_NEEDED'").await;
    people.at("2036-11-29T03:00:00Z");
    let asks_later = async || {
        let later = format!(
            "select count(*) from message where state = 'HELD' and due_at > '{}'",
            people.clock.now()
        );
        people.count(&later).await == 1
    };
    eventually("it is held back for the pause", asks_later).await;
    assert_eq!(people.approve(&people.authority, &id).await.unwrap().state(), State::Running);
    people.all_stand(&id, 1, &["ACCEPTED"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_campaign_holds_what_is_queued_and_a_used_up_budget_pauses_it() {
    let people = TestPeople::reminding().await;
    people.many(3, "2036-12-12").await;
    let request = CreateCampaignRequest { budget_segments: 7, ..campaign(Kind::Once, &[-14]) };
    let id = people.begin(request).await;
    // Each costs three.
    let paused = people.stands(&id, State::Paused).await;
    assert_eq!((paused.pause_reason(), paused.used_segments), (campaign::PauseReason::Budget, 6));
    let recipients = people.all_stand(&id, 3, &["ACCEPTED", "HELD"]).await;
    assert_eq!(recipients.iter().filter(|it| it.state == "HELD").count(), 1);
    let update_mask = Some(prost_types::FieldMask { paths: vec!["budget_segments".to_owned()] });
    let request = UpdateCampaignRequest {
        campaign_id: id.clone(),
        budget_segments: 9,
        update_mask,
        ..Default::default()
    };
    let request = people.versioned(&people.agency, paused.version, request);
    people.campaigns().update_campaign(request).await.unwrap();
    people.resume(&id).await.unwrap();
    let ended = people.stands(&id, State::Completed).await;
    assert_eq!((ended.used_segments, people.sent().len()), (9, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_cancelled_campaign_had_not_sent_is_free_for_others() {
    let people = TestPeople::reminding().await;
    people.reachable(hoa(), MOBILE).await;
    people.at(NIGHT);
    let id = people.begin(campaign(Kind::Once, &[-14])).await;
    people.all_stand(&id, 1, &["HELD"]).await;
    let other = people.draft(campaign(Kind::Once, &[-14])).await.campaign_id;
    let refused = careway_testing::refusal(people.submit(&people.agency, &other).await);
    assert_eq!(refused.reason(), "NOBODY_TO_REMIND", "the step is the first one's");
    // At once, although it is night.
    people.cancel(&id).await.unwrap();
    let ended = people.all_stand(&id, 1, &["SUPPRESSED"]).await;
    assert_eq!(ended[0].reason, "CANCELLED");
    people.submit(&people.agency, &other).await.unwrap();
    people.all_stand(&other, 1, &["HELD"]).await;

    // What was sent is reminded of, whatever becomes of its campaign.
    people.at("2036-11-29T03:00:00Z");
    people.all_stand(&other, 1, &["ACCEPTED"]).await;
    let third = people.draft(campaign(Kind::Standing, &[-14])).await.campaign_id;
    people.submit(&people.agency, &third).await.unwrap();
    let planned = async || {
        people.count("select count(*) from reminder_campaign where planned_on is not null").await == 3
    };
    eventually("the third has planned", planned).await;
    assert!(people.recipients(&third).await.is_empty());
    assert_eq!(people.sent().len(), 1);
}

//! Reminders from planning to their end, on a clock that the test moves.

use careway_contract::renewals::v1::{
    campaign::{Kind, State},
    message_template::Channel,
    *,
};
use careway_testing::eventually;
use chrono::{DateTime, Utc};

use crate::{
    test_items::{FIRST, renewing},
    test_people::{Made, TestPeople},
    test_reminders::{campaign, in_a_fortnight as made},
};

pub(crate) const HOA: &str = "7936491863";
/// Eleven in the evening there.
pub(crate) const NIGHT: &str = "2036-11-28T16:00:00Z";
pub(crate) const MOBILE: &str = "+84912345678";

/// Somebody whose card ends in a fortnight.
pub(crate) fn hoa() -> Made<'static> {
    made(HOA)
}

pub(crate) async fn set(people: &TestPeople, statement: &str) {
    sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(&people.admin).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_has_the_words_the_recipient_and_the_agency_of_the_moment() {
    let people = TestPeople::reminding().await;
    let participant = people.reachable(hoa(), MOBILE).await;
    let id = people.begin(campaign(Kind::Once, &[-14])).await;
    let recipients = people.queued(&id, 1).await;
    assert_eq!((recipients[0].step, recipients[0].full_name.as_str()), (-14, "Trần Thị Hoà"));
    let recipient = &recipients[0].recipient_id;
    people.reach(participant, "mobile", "+84912345679").await;
    set(&people, "update participant set full_name = 'Trần Thị Hòa'").await;
    let words = people.notice(recipient).await.words.unwrap();
    assert_eq!((words.to.as_str(), words.language.as_str()), ("+84912345679", "vi"));
    assert_eq!(
        words.text,
        "Thẻ BHYT 7936491863 của ông/bà Trần Thị Hòa sẽ hết hạn vào ngày 12/12/2036. Vui lòng liên hệ với BI0902I - \
         Đại lý BI0902I để gia hạn thẻ. Trân trọng."
    );
    // Until the last local day is over.
    assert_eq!(
        words.expires_at.unwrap().seconds,
        "2036-12-12T17:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp()
    );
    // Asked again, it costs nothing more.
    let used = async || people.read_campaign(&people.agency, &id).await.unwrap().used_segments;
    let before = used().await;
    people.notice(recipient).await;
    assert_eq!((before, used().await), (3, 3));
    assert_eq!(people.count("select count(*) from number_sent").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_renewed_refused_left_or_cannot_be_reached_is_not_reminded() {
    let people = TestPeople::reminding().await;
    for (number, mobile) in (0..9).map(|at| (format!("793649186{at}"), format!("+8491234567{at}"))) {
        people.reachable(made(&number), &mobile).await;
    }
    // At night nothing goes out meanwhile.
    people.at(NIGHT);
    let id = people.begin(campaign(Kind::Once, &[-14])).await;
    let recipients = people.queued(&id, 9).await;
    let of = |at: usize| {
        let number = format!("793649186{at}");
        let (people, recipients) = (&people, &recipients);
        async move {
            let query =
                format!("select participant_id::text from participant where bhxh_number = '{number}'");
            let participant: String =
                sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&people.admin).await.unwrap();
            recipients.iter().find(|it| it.participant_id == participant).unwrap().clone()
        }
    };
    let second = people.second_agency.organization;
    for (at, change, reason) in [
        (0, "update participant set last_day = '2037-12-12' where {p}".to_owned(), "RENEWED"),
        (1, "delete from renewal_item where bhxh_number = '7936491861'".to_owned(), "NOT_IN_LIST"),
        (2, format!("update participant set agency_id = '{second}' where {{p}}"), "NOT_IN_LIST"),
        (3, "update participant set result = 'DECEASED' where {p}".to_owned(), "PERSON_GONE"),
        (4, "update participant set mobile_suspect = true where {p}".to_owned(), "SUSPECT"),
        (5, "update participant set result = 'WRONG_NUMBER' where {p}".to_owned(), "SUSPECT"),
        (6, "update participant set mobile = null, mobile_index = null where {p}".to_owned(), "NO_CONTACT"),
        (7, "update participant set full_name = '{{ card }}' where {p}".to_owned(), "VALUE_NOT_PLAIN_TEXT"),
    ] {
        let recipient = of(at).await;
        set(&people, &change.replace("{p}", &format!("participant_id = '{}'", recipient.participant_id)))
            .await;
        let notice = people.notice(&recipient.recipient_id).await;
        assert_eq!((notice.suppressed.as_str(), notice.words), (reason, None));
        // It stays so, whatever is so later.
        assert_eq!(people.notice(&recipient.recipient_id).await.suppressed, reason);
        let listed = of(at).await;
        let listed =
            people.recipients(&id).await.into_iter().find(|it| it.recipient_id == listed.recipient_id);
        let listed = listed.unwrap();
        assert_eq!((listed.state.as_str(), listed.reason.as_str()), ("SUPPRESSED", reason));
    }
    let refused = of(8).await;
    let participant = careway_kernel::ParticipantId::parse(&refused.participant_id).unwrap();
    people.opt_out(&people.agency, participant, Channel::Sms).await.unwrap();
    assert_eq!(people.notice(&refused.recipient_id).await.suppressed, "OPTED_OUT");

    let asked = GetStatisticsRequest { campaign_id: id.clone() };
    let counted =
        people.campaigns().get_statistics(people.by(&people.authority, asked)).await.unwrap().into_inner();
    assert_eq!((counted.recipients, counted.segments), (9, 0));
    let of_reason = |reason: &str| {
        counted.counts.iter().filter(|it| it.reason == reason).map(|it| it.recipients).sum::<i32>()
    };
    assert_eq!([of_reason("NOT_IN_LIST"), of_reason("SUSPECT"), of_reason("OPTED_OUT")], [2, 2, 1]);
    let asked = ListRecipientsRequest { campaign_id: id, reason: "SUSPECT".to_owned(), ..Default::default() };
    let listed = people.campaigns().list_recipients(people.by(&people.authority, asked)).await.unwrap();
    assert_eq!(listed.into_inner().recipients.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_04_what_comes_back_in_time_runs_and_what_comes_too_late_sends_nothing() {
    let people = TestPeople::reminding().await;
    people.reachable(hoa(), MOBILE).await;
    people.reachable(Made { last_day: "2036-12-05", ..made("7936491871") }, "+84912345679").await;
    // At night nothing goes out; then nothing runs for a week.
    people.at(NIGHT);
    let id = people.begin(campaign(Kind::Once, &[-14, -7])).await;
    people.all_stand(&id, 2, &["HELD"]).await;
    people.at("2036-12-06T01:00:00Z");
    let ended = people.all_stand(&id, 2, &["ACCEPTED", "SUPPRESSED"]).await;
    let of = |step| ended.iter().find(|it| it.step == step).unwrap();
    assert_eq!(of(-14).state, "ACCEPTED", "its words are still true");
    assert_eq!((of(-7).state.as_str(), of(-7).reason.as_str()), ("SUPPRESSED", "TOO_LATE"));
    assert_eq!(people.sent().len(), 1);
    people.stands(&id, State::Completed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_04_what_was_planned_and_never_queued_in_time_is_too_late() {
    let people = TestPeople::reminding().await;
    people.reachable(hoa(), MOBILE).await;
    // At night it stands in the queue.
    people.at(NIGHT);
    let id = people.begin(campaign(Kind::Once, &[-14])).await;
    people.all_stand(&id, 1, &["HELD"]).await;
    people.pause(&id).await.unwrap();
    set(
        &people,
        "with queued as (select message_id from reminder_recipient),
              planned as (update reminder_recipient set state = 'PLANNED', message_id = null)
         delete from message where message_id in (select message_id from queued)",
    )
    .await;
    people.at("2036-12-13T01:00:00Z");
    people.resume(&id).await.unwrap();
    let ended = people.all_stand(&id, 1, &["SUPPRESSED"]).await;
    assert_eq!(ended[0].reason, "TOO_LATE");
    people.stands(&id, State::Completed).await;
    assert_eq!(people.said("CampaignEnded").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_05_after_twenty_days_without_a_run_one_reminder_of_the_latest_step_and_no_burst() {
    let people = TestPeople::reminding().await;
    people.reachable(Made { last_day: "2036-12-28", ..hoa() }, MOBILE).await;
    let id = people.draft(campaign(Kind::Standing, &[-30, -14, -7, -1, 0, 7])).await.campaign_id;
    // Nothing runs on the days of −30 and −14.
    people.at("2036-12-16T03:00:00Z");
    people.submit(&people.agency, &id).await.unwrap();
    let recipients = people.queued(&id, 1).await;
    assert_eq!((recipients[0].step, recipients[0].superseded_steps.as_slice()), (-14, &[-30][..]));
    let asked = ListRecipientsRequest {
        campaign_id: id.clone(),
        reason: "SUPERSEDED".to_owned(),
        ..Default::default()
    };
    let listed = people.campaigns().list_recipients(people.by(&people.agency, asked)).await.unwrap();
    assert_eq!(listed.into_inner().recipients.len(), 1, "the missed step is kept as skipped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_step_takes_the_place_of_one_that_was_not_sent_yet() {
    let people = TestPeople::reminding().await;
    people.reachable(hoa(), MOBILE).await;
    let id = people.begin(campaign(Kind::Standing, &[-14, -7])).await;
    let first = people.queued(&id, 1).await;
    // A day and night later, as soon as people may be written to.
    people.at("2036-12-05T00:00:30Z");
    let both = people.queued(&id, 2).await;
    let second = both.iter().find(|it| it.step == -7).unwrap();
    assert_eq!(second.superseded_steps, [] as [i32; 0], "the step before was planned, and not missed");
    assert_eq!(people.notice(&first[0].recipient_id).await.suppressed, "SUPERSEDED");
    assert!(people.notice(&second.recipient_id).await.words.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_06_nothing_is_planned_twice_however_often_and_whenever_it_is_planned() {
    let people = TestPeople::reminding().await;
    people.many(40, "2036-12-12").await;
    let steps = [-30, -14, -7, -1, 0];
    let one = people.begin(campaign(Kind::Standing, &steps)).await;
    people.queued(&one, 40).await;
    let planned = async |campaigns: i64| {
        let query = "select count(*) from reminder_campaign where planned_on is not null and next_run_at > created_at";
        eventually("all have planned", async || people.count(query).await == campaigns).await;
        people.count("select count(*) from reminder_recipient").await
    };
    // The job runs again on the same day.
    set(&people, "update reminder_campaign set next_run_at = created_at").await;
    assert_eq!(planned(1).await, 40);
    // Another campaign has the same steps.
    let other = people.draft(campaign(Kind::Standing, &steps)).await.campaign_id;
    people.submit(&people.agency, &other).await.unwrap();
    assert_eq!(planned(2).await, 40);
    // The clock is set back: what is kept is of a later day than today.
    set(&people, "update reminder_sent set step = -7").await;
    set(&people, "update reminder_recipient set step = -7").await;
    set(&people, "update reminder_campaign set next_run_at = created_at, planned_on = null").await;
    assert_eq!(planned(2).await, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_07_a_card_that_was_renewed_meanwhile_is_not_reminded_of() {
    let people = TestPeople::reminding().await;
    people.set_salary().await;
    let participant = people.person(hoa()).await;
    people.reach(participant, "mobile", MOBILE).await;
    let item = people.item(&people.authority, &people.agency, HOA, "2036-12-12").await;
    let id = people.begin(campaign(Kind::Standing, &[-14, -7, -1])).await;
    let recipients = people.queued(&id, 1).await;
    let renewing = RenewRequest { paid_on: "2036-11-28".to_owned(), ..renewing(&[&item], FIRST, "BL-1") };
    people.renew(&people.agency, renewing).await.unwrap();
    assert_eq!(people.notice(&recipients[0].recipient_id).await.suppressed, "RENEWED");

    // scenarios-08: taken back a day later, the later steps are sent, and what was suppressed is not caught up.
    people.at("2036-11-29T03:00:00Z");
    people.undo(&people.agency, &item).await.unwrap_err();
    people.undo(&people.authority, &item).await.unwrap();
    people.at("2036-11-30T03:00:00Z");
    let planned = async || {
        people.count("select count(*) from reminder_campaign where planned_on = '2036-11-30'").await == 1
    };
    eventually("the day is planned", planned).await;
    assert_eq!(people.recipients(&id).await.len(), 1, "a suppressed step is not caught up");
    people.at("2036-12-05T03:00:00Z");
    let both = people.queued(&id, 2).await;
    let later = both.iter().find(|it| it.step == -7).unwrap();
    assert!(people.notice(&later.recipient_id).await.words.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_14_a_card_without_a_participant_is_in_no_campaign_and_comes_by_itself() {
    let people = TestPeople::reminding().await;
    people.item(&people.authority, &people.agency, HOA, "2036-12-12").await;
    people.reachable(made("7936491871"), "+84912345679").await;
    let id = people.begin(campaign(Kind::Standing, &[-14, -7])).await;
    people.queued(&id, 1).await;
    let participant = people.person(hoa()).await;
    people.reach(participant, "mobile", MOBILE).await;
    people.at("2036-11-29T03:00:00Z");
    let both = people.queued(&id, 2).await;
    assert!(both.iter().any(|it| it.participant_id == participant.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_reminded_at_night_or_more_than_three_times_in_a_day() {
    let people = TestPeople::reminding().await;
    // One phone for a household of five.
    for number in ["7936491863", "7936491864", "7936491865", "7936491866", "7936491867"] {
        people.reachable(made(number), MOBILE).await;
    }
    let id = people.begin(campaign(Kind::Once, &[-14])).await;
    let recipients = people.all_stand(&id, 5, &["ACCEPTED", "HELD"]).await;
    let held: Vec<_> = recipients.iter().filter(|it| it.state == "HELD").collect();
    assert_eq!((held.len(), people.sent().len()), (2, 3));
    // A day later, at ten in the evening there, until seven in the morning.
    people.at("2036-11-29T15:00:00Z");
    let until = people.notice(&held[0].recipient_id).await.held_until.unwrap();
    assert_eq!(until.seconds, "2036-11-30T00:00:00Z".parse::<DateTime<Utc>>().unwrap().timestamp());
    people.at("2036-11-30T00:00:00Z");
    people.all_stand(&id, 5, &["ACCEPTED"]).await;
    assert_eq!(people.sent().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_by_mail_has_the_address_that_ends_reminders_and_one_click_ends_them() {
    let people = TestPeople::reminding().await;
    let participant = people.person(hoa()).await;
    people.item(&people.authority, &people.agency, HOA, "2036-12-12").await;
    people.reach(participant, "email", "hoa@example.com").await;
    let by_mail =
        |kind| CreateCampaignRequest { channel: Channel::Email.into(), ..campaign(kind, &[-14, -7]) };
    let id = people.begin(by_mail(Kind::Standing)).await;
    let recipients = people.queued(&id, 1).await;
    let words = people.notice(&recipients[0].recipient_id).await.words.unwrap();
    assert_eq!(words.to, "hoa@example.com");
    assert_eq!(words.subject, "Thẻ BHYT 7936491863 sẽ hết hạn vào ngày 12/12/2036");
    let token = words.unsubscribe_url.strip_prefix("https://careway.example/v1/unsubscribe/").unwrap();

    let shown = ShowUnsubscribeRequest { token: token.to_owned() };
    let page = people.opt_outs().show_unsubscribe(tonic::Request::new(shown)).await.unwrap().into_inner();
    assert_eq!(page.content_type, "text/html; charset=utf-8");
    let page = String::from_utf8(page.data.to_vec()).unwrap();
    assert!(page.contains(&format!("../../unsubscribe#{token}")), "{page}");
    assert!(
        people.listed_opt_outs(&people.agency, ListOptOutsRequest::default()).await.is_empty(),
        "it only asks"
    );

    for _ in 0..2 {
        assert!(people.one_click(token, "List-Unsubscribe=One-Click").await.unwrap());
    }
    for wrong in
        ["", "List-Unsubscribe=No", "List-Unsubscribe=One-Click&text=1", "x=List-Unsubscribe%3DOne-Click"]
    {
        let refused = careway_testing::refusal(people.one_click(token, wrong).await);
        assert_eq!(refused.violations()[0].0, "form", "{wrong}: it does not say what it is for");
    }
    let noted = people.listed_opt_outs(&people.agency, ListOptOutsRequest::default()).await;
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].channel(), noted[0].source()), (Channel::Email, opt_out::Source::Link));
    people.at("2036-12-05T03:00:00Z");
    let both = people.queued(&id, 2).await;
    let later = both.iter().find(|it| it.step == -7).unwrap();
    assert_eq!(people.notice(&later.recipient_id).await.suppressed, "OPTED_OUT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_reminds_everybody_once_and_ends_when_all_is_accepted() {
    let people = TestPeople::reminding().await;
    people.many(30, "2036-12-12").await;
    // At night nothing goes out meanwhile.
    people.at(NIGHT);
    let id = people.begin(campaign(Kind::Once, &[-14])).await;
    people.stands(&id, State::Running).await;
    // scenarios-01: paused and resumed, twice; what was queued stays queued.
    for _ in 0..2 {
        people.pause(&id).await.unwrap();
        people.resume(&id).await.unwrap();
    }
    people.at("2036-11-29T03:00:00Z");
    people.all_stand(&id, 30, &["ACCEPTED", "DELIVERED"]).await;
    let ended = people.stands(&id, State::Completed).await;
    assert_eq!(ended.used_segments, 90);
    let sent = people.sent();
    let to: std::collections::BTreeSet<_> =
        sent.iter().map(|file| file["to"].as_str().unwrap().to_owned()).collect();
    assert_eq!((sent.len(), to.len()), (30, 30), "nobody twice, and nobody left out");
    assert_eq!(people.said("CampaignEnded").await, 1);
}

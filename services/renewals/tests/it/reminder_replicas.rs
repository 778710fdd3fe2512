//! Two replicas of the service, whose clocks of campaigns tick at the same time.

use careway_contract::renewals::v1::{
    GetStatisticsRequest,
    campaign::{Kind, State},
};
use careway_testing::eventually;

use crate::{test_people::TestPeople, test_reminders::campaign};

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_plan_queue_and_send_each_reminder_once() {
    let people = TestPeople::reminding().await;
    let other = people.setup.clone().start(|_| {}, careway_renewals::start).await;
    people.many(120, "2036-12-12").await;
    let mut campaigns = Vec::new();
    for kind in [Kind::Once, Kind::Once, Kind::Standing] {
        campaigns.push(people.draft(campaign(kind, &[-14])).await.campaign_id);
    }
    for id in &campaigns {
        people.submit(&people.agency, id).await.unwrap();
    }
    people.stands(&campaigns[0], State::Completed).await;
    people.stands(&campaigns[1], State::Completed).await;
    let planned = "select count(*) from reminder_campaign where planned_on is not null";
    eventually("all have planned", async || people.count(planned).await == 3).await;
    let mut reminded = 0;
    for id in &campaigns {
        let request = GetStatisticsRequest { campaign_id: id.clone() };
        let counted = people.campaigns().get_statistics(people.by(&people.agency, request)).await.unwrap();
        reminded += counted.into_inner().recipients;
    }
    assert_eq!(reminded, 120, "each card's step once, over all campaigns");
    eventually("all are sent", async || people.sent().len() >= 120).await;
    assert_eq!(people.count("select count(distinct participant_id) from reminder_recipient").await, 120);
    let sent: std::collections::BTreeSet<_> =
        people.sent().iter().map(|sms| sms["to"].as_str().unwrap().to_owned()).collect();
    assert_eq!((people.sent().len(), sent.len()), (120, 120), "nobody twice");
    assert_eq!(people.said("CampaignEnded").await, 2);
    other.foundation.shutdown.cancel();
}

//! How often a campaign's commands ask Postgres.

use careway_contract::renewals::v1::campaign::Kind;

use crate::{
    renewal_round_trips::quiet,
    test_people::TestPeople,
    test_reminders::{campaign, in_a_fortnight},
};

#[tokio::test]
async fn a_command_on_a_campaign_asks_postgres_four_times() {
    let (proxy, setup) = TestPeople::counting_round_trips().await;
    let people = TestPeople::of(TestPeople::on_a_day_of_reminders(setup)).await;
    people.reachable(in_a_fortnight("7936491863"), "+84912345678").await;
    let mut fewest = [u64::MAX; 3];
    for _ in 0..20 {
        // Nobody is planned meanwhile: it begins in a year.
        let starts_at = people.clock.now() + chrono::Duration::days(365);
        let starts_at = Some(prost_types::Timestamp { seconds: starts_at.timestamp(), nanos: 0 });
        let request = careway_contract::renewals::v1::CreateCampaignRequest {
            starts_at,
            ..campaign(Kind::Standing, &[-14])
        };
        let id = people.draft(request).await.campaign_id;
        let begun = quiet(&proxy).await;
        people.submit(&people.agency, &id).await.unwrap();
        let submitted = proxy.round_trips() - begun;
        let waits = "update reminder_campaign set state = 'AWAITING_APPROVAL', next_run_at = null";
        sqlx::query(waits).execute(&people.admin).await.unwrap();
        let begun = quiet(&proxy).await;
        people.approve(&people.authority, &id).await.unwrap();
        let approved = proxy.round_trips() - begun;
        let begun = quiet(&proxy).await;
        people.cancel(&id).await.unwrap();
        let spent = [submitted, approved, proxy.round_trips() - begun];
        fewest = std::array::from_fn(|at| fewest[at].min(spent[at]));
    }
    assert_eq!(fewest, [4, 4, 4], "begin, lock with all that decides, write, commit");
}

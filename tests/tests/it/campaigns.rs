//! A campaign of reminders through REST: words of the agency's own, a budget that runs out, and who is told of it.

use careway_kernel::CountryCode;
use careway_tests::{Scheme, TestPlatform, accepted, refused, until};
use chrono::{Days, NaiveTime, TimeZone, Timelike};
use serde_json::json;

/// Moves the platform to the next morning in Vietnam, unless it is day there.
pub(crate) fn by_day(platform: &TestPlatform) {
    let zone = CountryCode::VN.default_time_zone();
    let now = platform.clock().now().with_timezone(&zone);
    if !(8..20).contains(&now.hour()) {
        let day = if now.hour() < 8 { now.date_naive() } else { now.date_naive() + Days::new(1) };
        let nine = NaiveTime::from_hms_opt(9, 0, 0).expect("nine in the morning");
        let morning = zone.from_local_datetime(&day.and_time(nine)).single().expect("one morning");
        platform.advance((morning - now).to_std().expect("it is to come"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_says_the_agencys_own_words_within_its_budget_and_tells_its_author_when_that_is_used() {
    let platform = TestPlatform::with(&[("CAREWAY_RENEWALS_TIMER_SECONDS", "1")]).await;
    by_day(&platform);
    let scheme = Scheme::of(&platform).await;
    let agency = &scheme.agencies[0];
    let last_day = (Scheme::today(&platform) + Days::new(14)).to_string();
    let people = [("7936491863", "Trần Thị Hoà", "0912000001"), ("7936491871", "Đỗ Văn Ân", "0912000002")];
    let rows = people
        .map(|(number, name, mobile)| Scheme::person(number, name, "", mobile, &last_day, &agency.code));
    scheme.participants(&rows).await;
    let items = people.map(|(number, ..)| Scheme::item(number, &last_day, &agency.code));
    scheme.renewals(&items).await;

    let words = json!({"content": {
        "name": "Short", "purpose": "DUE", "channel": "SMS", "language": "vi",
        "plainBody": "The {{ card }} het han {{ expires_on }}", "markedBody": "Thẻ {{ card }} hết hạn {{ expires_on }}",
    }});
    refused(403, "PERMISSION_DENIED", agency.agent.post("/v1/message-templates", words["content"].clone()))
        .await;
    let template =
        accepted(201, agency.administrator.post("/v1/message-templates", words["content"].clone())).await;
    let campaign = json!({
        "name": "Short words", "kind": "ONCE", "channel": "SMS", "steps": [-14], "mostSegments": 3,
        "budgetSegments": 1, "dueTemplateId": template.text("template.templateId"),
    });
    let made = accepted(201, agency.agent.post("/v1/reminder-campaigns", campaign)).await;
    let path = made.header("location").expect("where it is").to_owned();
    let preview = accepted(200, agency.agent.post(&format!("{path}/preview"), json!({"rows": 2}))).await;
    assert_eq!((preview.at("recipients"), preview.at("segments")), (&json!(2), &json!(2)));
    let submitted = accepted(200, agency.agent.post(&format!("{path}/submit"), json!({}))).await;
    assert_eq!(submitted.text("campaign.state"), "APPROVED");

    let stands = async |state: &str| {
        until(&format!("the campaign is {state}"), async || {
            let read = agency.agent.get(&path).await?.ok()?;
            Ok((read.text("campaign.state") == state).then_some(read))
        })
        .await
        .expect("it becomes so")
    };
    let paused = stands("PAUSED").await;
    assert_eq!(
        (paused.text("campaign.pauseReason"), paused.at("campaign.usedSegments")),
        ("BUDGET", &json!(1))
    );
    let author = agency.agent_email.as_str();
    platform.settle().await;
    let told = platform.messages_to(author).await;
    assert!(told.iter().any(|mail| mail.text.contains("Short words")), "its author is told");

    let more = agency.agent.patch(&path, json!({"budgetSegments": 10})).if_match(paused.etag());
    accepted(200, more).await;
    accepted(200, agency.agent.post(&format!("{path}/resume"), json!({}))).await;
    stands("COMPLETED").await;
    for (number, _, mobile) in people {
        let sms = platform.messages_to(&format!("+84{}", &mobile[1..])).await;
        assert_eq!(sms.len(), 1, "once");
        assert!(sms[0].text.starts_with(&format!("Thẻ {number} hết hạn ")), "{}", sms[0].text);
    }
}

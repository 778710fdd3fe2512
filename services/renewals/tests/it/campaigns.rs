//! Campaigns over gRPC: who writes, approves, pauses and cancels them, and what they would do.

use careway_contract::renewals::v1::{
    campaign::{Kind, PauseReason, State},
    message_template::Channel,
    *,
};
use careway_testing::refusal;

use crate::{
    test_people::{Made, TestPeople},
    test_reminders::{campaign, in_a_fortnight as made},
    test_renewals::routes_file,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_the_agencys_and_shown_to_its_authority_and_to_nobody_else() {
    let people = TestPeople::reminding().await;
    let draft = people.draft(campaign(Kind::Once, &[7, -14])).await;
    assert_eq!((draft.state(), draft.steps.as_slice()), (State::Draft, &[-14, 7][..]));
    assert_eq!(draft.authority_id, people.authority.organization.to_string());
    assert!(!draft.due_template_id.is_empty() && !draft.lapsed_template_id.is_empty());
    assert_eq!(draft.most_segments, 3);
    for party in [&people.agency, &people.authority] {
        assert_eq!(people.read_campaign(party, &draft.campaign_id).await.unwrap(), draft);
        let listed =
            people.campaigns().list_campaigns(people.by(party, ListCampaignsRequest::default())).await;
        assert_eq!(listed.unwrap().into_inner().campaigns, std::slice::from_ref(&draft));
    }
    for stranger in [&people.second_agency, &people.other_agency, &people.other_authority] {
        assert_eq!(refusal(people.read_campaign(stranger, &draft.campaign_id).await).reason(), "NOT_FOUND");
        assert_eq!(
            refusal(people.submit(stranger, &draft.campaign_id).await).kind(),
            match stranger.kind {
                careway_service::OrganizationKind::Agency => careway_service::Kind::NotFound,
                _ => careway_service::Kind::Forbidden,
            }
        );
        assert_eq!(refusal(people.approve(stranger, &draft.campaign_id).await).reason(), "NOT_FOUND");
        let listed =
            people.campaigns().list_campaigns(people.by(stranger, ListCampaignsRequest::default())).await;
        assert!(listed.unwrap().into_inner().campaigns.is_empty());
    }
    let refused = people.try_draft(&people.authority, campaign(Kind::Once, &[-14])).await;
    assert_eq!(refusal(refused).reason(), "WRONG_ORGANIZATION_KIND");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_with_a_draft_is_named() {
    let people = TestPeople::reminding().await;
    let wrong = CreateCampaignRequest {
        steps: vec![-29],
        most_segments: 11,
        budget_segments: -1,
        due_template_id: "x".to_owned(),
        ..Default::default()
    };
    let refused = refusal(people.try_draft(&people.agency, wrong).await);
    let fields: Vec<_> = refused.violations().iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        ["name", "kind", "channel", "steps", "dueTemplateId", "mostSegments", "budgetSegments"]
    );
    let elsewhere = CreateCampaignRequest {
        authority_id: people.other_authority.organization.to_string(),
        ..campaign(Kind::Once, &[-14])
    };
    assert_eq!(refusal(people.try_draft(&people.agency, elsewhere).await).reason(), "NOT_FOUND");
    let draft = people.draft(campaign(Kind::Once, &[-14])).await;
    let mail = CreateCampaignRequest {
        channel: Channel::Email.into(),
        due_template_id: draft.due_template_id,
        ..campaign(Kind::Once, &[-14])
    };
    assert_eq!(refusal(people.try_draft(&people.agency, mail).await).reason(), "TEMPLATE_UNKNOWN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_changes_as_a_whole_and_what_was_submitted_in_its_budget_alone() {
    // Nothing begins by itself what was submitted.
    let setup = TestPeople::on_a_day_of_reminders(TestPeople::setup().await);
    let people = TestPeople::of(setup.with("CAREWAY_RENEWALS_TIMER_SECONDS", "3600")).await;
    people.many(1, "2036-12-12").await;
    let draft = people.draft(campaign(Kind::Once, &[-14])).await;
    let id = draft.campaign_id.clone();
    let update = async |version: i32, request: UpdateCampaignRequest, fields: &[&str]| {
        let paths = fields.iter().map(|field| (*field).to_owned()).collect();
        let update_mask = Some(prost_types::FieldMask { paths });
        let request = UpdateCampaignRequest { campaign_id: id.clone(), update_mask, ..request };
        let request = people.versioned(&people.agency, version, request);
        people.campaigns().update_campaign(request).await.map(|it| it.into_inner().campaign.unwrap())
    };
    let mail = UpdateCampaignRequest { channel: Channel::Email.into(), ..Default::default() };
    let changed = update(1, mail.clone(), &["channel"]).await.unwrap();
    assert_eq!((changed.channel(), changed.version), (Channel::Email, 2));
    assert_ne!(changed.due_template_id, draft.due_template_id, "other words of another channel");
    assert_eq!(refusal(update(1, mail, &["channel"]).await).reason(), "STALE_VERSION");
    let unknown = update(2, UpdateCampaignRequest::default(), &["state"]).await;
    assert_eq!(refusal(unknown).violations().len(), 1);

    people.submit(&people.agency, &id).await.unwrap();
    let name = UpdateCampaignRequest { name: "Other".to_owned(), ..Default::default() };
    let refused = refusal(update(3, name, &["name"]).await);
    assert_eq!((refused.reason(), refused.fact("state")), ("CAMPAIGN_STATE", Some("APPROVED")));
    let budget = UpdateCampaignRequest { budget_segments: 500, ..Default::default() };
    assert_eq!(update(3, budget, &["budget_segments"]).await.unwrap().budget_segments, 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_two_hundred_await_another_person() {
    let people = TestPeople::reminding().await;
    people.many(201, "2036-12-12").await;
    let id = people.draft(campaign(Kind::Once, &[-14])).await.campaign_id;
    let submitted = people.submit(&people.agency, &id).await.unwrap();
    assert_eq!((submitted.state(), submitted.submitted_recipients), (State::AwaitingApproval, 201));
    assert_eq!(people.said("CampaignAwaitingApproval").await, 1);
    let administrator = people.agency.colleague(&people.clock);
    assert_eq!(refusal(people.approve(&people.agency, &id).await).reason(), "SECOND_PERSON_NEEDED");
    let reject = RejectCampaignRequest { campaign_id: id.clone(), reason: "Not on a holiday.".to_owned() };
    let rejected =
        people.campaigns().reject_campaign(people.by(&administrator, reject.clone())).await.unwrap();
    let rejected = rejected.into_inner().campaign.unwrap();
    assert_eq!((rejected.state(), rejected.rejection.as_str()), (State::Draft, "Not on a holiday."));
    let again = people.campaigns().reject_campaign(people.by(&administrator, reject)).await;
    assert_eq!(refusal(again).reason(), "CAMPAIGN_STATE");
    let nothing = RejectCampaignRequest { campaign_id: id.clone(), ..Default::default() };
    let nothing = people.campaigns().reject_campaign(people.by(&administrator, nothing)).await;
    assert_eq!(refusal(nothing).violations().len(), 1);

    people.submit(&people.agency, &id).await.unwrap();
    // The authority's officer may, too: an agency may have one person alone.
    let approved = people.approve(&people.authority, &id).await.unwrap();
    assert_eq!((approved.state(), approved.approved_recipients), (State::Approved, 201));
    assert_eq!(refusal(people.approve(&administrator, &id).await).reason(), "CAMPAIGN_STATE");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_approves_approves_a_number_and_many_more_are_approved_anew() {
    let people = TestPeople::reminding().await;
    people.many(210, "2036-12-12").await;
    let start = people.clock.now() + chrono::Duration::hours(1);
    let starts_at = Some(prost_types::Timestamp { seconds: start.timestamp(), nanos: 0 });
    let id =
        people.draft(CreateCampaignRequest { starts_at, ..campaign(Kind::Once, &[-14]) }).await.campaign_id;
    people.submit(&people.agency, &id).await.unwrap();
    people.approve(&people.authority, &id).await.unwrap();
    let scheduled = people.stands(&id, State::Scheduled).await;
    assert_eq!(scheduled.next_run_at, starts_at);
    // A twentieth more is covered by it, a fifth is not.
    for person in 0..42 {
        let number = format!("78{:08}", 36_000_000 + person);
        people
            .reachable(Made { last_day: "2036-12-12", ..made(&number) }, &format!("+84913{person:06}"))
            .await;
    }
    people.clock.advance(std::time::Duration::from_secs(3600));
    let paused = people.stands(&id, State::Paused).await;
    assert_eq!(paused.pause_reason(), PauseReason::ReapprovalNeeded);
    assert!(people.recipients(&id).await.is_empty());
    assert_eq!(people.said("CampaignPaused").await, 1);
    assert_eq!(refusal(people.resume(&id).await).reason(), "REAPPROVAL_NEEDED");
    assert_eq!(paused.submitted_recipients, 252, "whoever approves sees for how many");
    assert_eq!(refusal(people.approve(&people.agency, &id).await).reason(), "SECOND_PERSON_NEEDED");
    let approved = people.approve(&people.authority, &id).await.unwrap();
    assert_eq!((approved.state(), approved.approved_recipients), (State::Running, 252));
    let planned = async || {
        let request = GetStatisticsRequest { campaign_id: id.clone() };
        let read = people.campaigns().get_statistics(people.by(&people.authority, request)).await.unwrap();
        read.into_inner().recipients == 252
    };
    careway_testing::eventually("all are planned", planned).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_grew_while_a_campaign_waited_is_approved_for_what_was_shown_and_then_anew() {
    let people = TestPeople::reminding().await;
    people.many(201, "2036-12-12").await;
    let id = people.draft(campaign(Kind::Once, &[-14])).await.campaign_id;
    people.submit(&people.agency, &id).await.unwrap();
    for person in 0..30 {
        let number = format!("78{:08}", 36_000_000 + person);
        people
            .reachable(Made { last_day: "2036-12-12", ..made(&number) }, &format!("+84913{person:06}"))
            .await;
    }
    let approved = people.approve(&people.authority, &id).await.unwrap();
    assert_eq!((approved.state(), approved.approved_recipients), (State::Approved, 201));
    let paused = people.stands(&id, State::Paused).await;
    assert_eq!((paused.pause_reason(), paused.submitted_recipients), (PauseReason::ReapprovalNeeded, 231));
    let again = people.approve(&people.authority, &id).await.unwrap();
    assert_eq!((again.state(), again.approved_recipients), (State::Running, 231));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_another_authority_are_not_said_in_the_name_of_this_one() {
    let people = TestPeople::reminding().await;
    people.appoint(&people.other_authority, crate::test_people::CODES[0]).await;
    let content = TemplateContent {
        name: "Of the other".to_owned(),
        purpose: message_template::Purpose::Due.into(),
        channel: Channel::Sms.into(),
        language: "vi".to_owned(),
        plain_body: "The {{ card }}".to_owned(),
        marked_body: "Thẻ {{ card }}".to_owned(),
        ..Default::default()
    };
    let request = CreateTemplateRequest { content: Some(content) };
    let made = people.templates().create_template(people.by(&people.other_authority, request)).await.unwrap();
    let due_template_id = made.into_inner().template.unwrap().template_id;
    let by = |authority: &careway_testing::Person| CreateCampaignRequest {
        authority_id: authority.organization.to_string(),
        due_template_id: due_template_id.clone(),
        ..campaign(Kind::Once, &[-14])
    };
    let refused = people.try_draft(&people.agency, by(&people.authority)).await;
    assert_eq!(refusal(refused).reason(), "TEMPLATE_UNKNOWN");
    let drafted = people.try_draft(&people.agency, by(&people.other_authority)).await.unwrap();
    assert_eq!(drafted.due_template_id, due_template_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_to_remind_is_told_at_once_and_a_cancelled_campaign_is_over() {
    let people = TestPeople::reminding().await;
    let id = people.draft(campaign(Kind::Once, &[-14])).await.campaign_id;
    assert_eq!(refusal(people.submit(&people.agency, &id).await).reason(), "NOBODY_TO_REMIND");
    for wrong in [people.pause(&id).await, people.resume(&id).await] {
        let refused = refusal(wrong);
        assert_eq!((refused.reason(), refused.fact("state")), ("CAMPAIGN_STATE", Some("DRAFT")));
    }
    let retry = RetryFailedRequest { campaign_id: id.clone() };
    let retried = people.campaigns().retry_failed(people.by(&people.agency, retry)).await;
    assert_eq!(refusal(retried).reason(), "CAMPAIGN_STATE");
    assert_eq!(people.cancel(&id).await.unwrap().state(), State::Cancelled);
    assert_eq!(refusal(people.cancel(&id).await).reason(), "CAMPAIGN_STATE");
    assert_eq!(people.said("CampaignEnded").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_who_is_left_out_and_why_and_what_the_others_read() {
    let people = TestPeople::reminding().await;
    let last_day = "2036-12-12";
    let at = |number| Made { last_day, ..made(number) };
    let first = people.reachable(at("7936491863"), "+84912345678").await;
    let gone = people.reachable(at("7936491864"), "+84912345679").await;
    let refused = people.reachable(at("7936491865"), "+84912345680").await;
    let suspect = people.reachable(at("7936491866"), "+84912345681").await;
    people.due(at("7936491867")).await;
    // On the list of another day, and on no list.
    people.reachable(Made { last_day: "2036-12-13", ..made("7936491868") }, "+84912345682").await;
    people.person(at("7936491869")).await;
    people.opt_out(&people.agency, refused, Channel::Sms).await.unwrap();
    for (id, set) in [(gone, "result = 'DECEASED'"), (suspect, "mobile_suspect = true")] {
        let set = format!("update participant set {set} where participant_id = '{id}'");
        sqlx::query(sqlx::AssertSqlSafe(set)).execute(&people.admin).await.unwrap();
    }
    let id = people.draft(campaign(Kind::Once, &[-14])).await.campaign_id;
    let asked = PreviewCampaignRequest { campaign_id: id.clone(), rows: 50 };
    for party in [&people.agency, &people.authority] {
        let shown =
            people.campaigns().preview_campaign(people.by(party, asked.clone())).await.unwrap().into_inner();
        assert_eq!(shown.recipients, 5);
        let left_out: Vec<_> = shown.left_out.iter().map(|it| (&*it.reason, it.recipients)).collect();
        assert_eq!(left_out, [("NO_CONTACT", 1), ("OPTED_OUT", 1), ("PERSON_GONE", 1), ("SUSPECT", 1)]);
        assert_eq!(shown.rows.len(), 5);
        let read = shown.rows.iter().find(|row| row.reason.is_empty()).unwrap();
        let marked = read.preview.clone().unwrap().marked.unwrap();
        assert!(
            marked
                .text
                .starts_with("Thẻ BHYT 7936491863 của ông/bà Trần Thị Hoà sẽ hết hạn vào ngày 12/12/2036.")
        );
        assert!(marked.text.contains("BI0902I - Đại lý BI0902I"), "{}", marked.text);
        assert_eq!((shown.segments, shown.cost.clone()), (marked.segments, None), "its route has no price");
    }
    // The one row that is shown is left out; what the others cost is not nothing for it.
    people.opt_out(&people.agency, first, Channel::Sms).await.unwrap();
    people.reachable(Made { name: "Đỗ Văn Ân", ..at("7936491870") }, "+84912345683").await;
    let one = PreviewCampaignRequest { campaign_id: id.clone(), rows: 1 };
    let shown =
        people.campaigns().preview_campaign(people.by(&people.agency, one)).await.unwrap().into_inner();
    assert_eq!((shown.rows[0].reason.as_str(), shown.recipients), ("OPTED_OUT", 6));
    assert_eq!(shown.segments, 3);
    let many = PreviewCampaignRequest { campaign_id: id, rows: 51 };
    let refused = people.campaigns().preview_campaign(people.by(&people.agency, many)).await;
    assert_eq!(refusal(refused).violations().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_what_it_costs_on_the_dearest_route() {
    let route = |name: &str, of_thousand: &str| {
        format!(
            "[[route]]\nname = \"{name}\"\nreceipts = \"NONE\"\nprice = {{ currency = \"VND\", of_thousand = \"{of_thousand}\" \
             }}\n[route.folder]\npath = \"$HERE/{name}\"\n"
        )
    };
    let routes = routes_file(&[route("preferred", "450000"), route("next", "520500")].concat());
    let setup = TestPeople::on_a_day_of_reminders(TestPeople::setup().await);
    let people = TestPeople::of(setup.with("CAREWAY_RENEWALS_ROUTES", &routes)).await;
    people.reachable(Made { last_day: "2036-12-12", ..made("7936491863") }, "+84912345678").await;
    let id = people.draft(campaign(Kind::Once, &[-14])).await.campaign_id;
    let asked = PreviewCampaignRequest { campaign_id: id, rows: 1 };
    let shown =
        people.campaigns().preview_campaign(people.by(&people.agency, asked)).await.unwrap().into_inner();
    let cost = shown.cost.unwrap();
    // 520.5 dong a segment, of which there are three; a dong has no parts.
    assert_eq!((shown.segments, cost.currency.as_str(), cost.amount.as_str()), (3, "VND", "1562"));
}

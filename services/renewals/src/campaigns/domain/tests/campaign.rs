use careway_kernel::{CampaignId, OrganizationId, TemplateId};
use proptest::prelude::*;
use uuid::Uuid;

use crate::{
    campaigns::domain::{
        Campaign, CampaignContent, Kind, PauseReason, State, TemplateVersion,
        approval::{Signature, covers},
        refusal::CampaignRefusal,
        steps::Steps,
    },
    messages::Channel,
};

const AUTHOR: Uuid = Uuid::from_u128(1);
const ADMINISTRATOR: Uuid = Uuid::from_u128(2);

fn draft() -> Campaign {
    let organization = |number| OrganizationId::from_uuid(Uuid::from_u128(number));
    let content = CampaignContent {
        name: "Before the last day".to_owned(),
        kind: Kind::Once,
        channel: Channel::Sms,
        steps: Steps::parse(&[-14]).unwrap(),
        due: Some(TemplateVersion { id: TemplateId::from_uuid(Uuid::from_u128(6)), version: 1 }),
        lapsed: None,
        starts_at: None,
        most_segments: 3,
        budget: Some(100),
    };
    let id = CampaignId::from_uuid(Uuid::from_u128(3));
    Campaign::draft(id, [organization(4), organization(5)], AUTHOR, content, now())
}

fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-11-28T03:00:00Z".parse().unwrap()
}

fn running() -> Campaign {
    draft().submit(AUTHOR, 10).unwrap().schedule(now()).unwrap().begin().unwrap()
}

#[test]
fn few_are_reminded_without_a_second_person_and_more_are_not() {
    assert_eq!(draft().submit(AUTHOR, 200).unwrap().state, State::Approved);
    let awaiting = draft().submit(AUTHOR, 201).unwrap();
    assert_eq!(awaiting.state, State::AwaitingApproval);
    assert_eq!(awaiting.clone().approve(AUTHOR), Err(CampaignRefusal::SecondPersonNeeded));
    let submitted_by_another = draft().submit(ADMINISTRATOR, 201).unwrap();
    assert_eq!(submitted_by_another.approve(ADMINISTRATOR), Err(CampaignRefusal::SecondPersonNeeded));
    assert_eq!(awaiting.clone().approve(ADMINISTRATOR).unwrap().state, State::Approved);
    let rejected = awaiting.reject("Not on a holiday.".to_owned()).unwrap();
    assert_eq!((rejected.state, rejected.rejection.as_str()), (State::Draft, "Not on a holiday."));
    assert_eq!(draft().submit(AUTHOR, 0), Err(CampaignRefusal::NobodyToRemind));
}

#[test]
fn an_approval_covers_a_tenth_more_and_no_more() {
    let approval = Some(Signature { by: ADMINISTRATOR, recipients: 1000 });
    assert!(covers(approval, 1100) && !covers(approval, 1101));
    assert!(covers(None, 200) && !covers(None, 201));
    let approved = draft().submit(AUTHOR, 1000).unwrap().approve(ADMINISTRATOR).unwrap();
    let running = approved.schedule(now()).unwrap().begin().unwrap();
    assert!(!running.may_plan(1101));
    let paused = running.pause_for_approval(1101).unwrap();
    assert_eq!(paused.clone().resume(), Err(CampaignRefusal::ReapprovalNeeded));
    assert_eq!(paused.clone().approve(AUTHOR), Err(CampaignRefusal::SecondPersonNeeded));
    let again = paused.approve(ADMINISTRATOR).unwrap();
    assert_eq!((again.state, again.pause), (State::Running, None));
    assert!(again.may_plan(1101));
}

#[test]
fn a_used_up_budget_must_grow_before_it_goes_on() {
    let paused = Campaign { segments_used: 100, ..running() }.pause(PauseReason::Budget).unwrap();
    assert_eq!(paused.clone().resume(), Err(CampaignRefusal::BudgetExhausted));
    assert_eq!(paused.change_budget(Some(200)).unwrap().resume().unwrap().state, State::Running);
}

#[test]
fn an_end_is_an_honest_one_and_what_failed_may_be_tried_again() {
    assert_eq!(running().end(0, now()).unwrap().state, State::Completed);
    let failed = running().end(23, now()).unwrap();
    assert_eq!((failed.state, failed.ended_at), (State::PartiallyFailed, Some(now())));
    assert_eq!(failed.clone().retry(0).unwrap(), failed, "with nobody to try, nothing begins again");
    let again = failed.retry(23).unwrap();
    assert_eq!((again.state, again.ended_at), (State::Running, None));
    assert_eq!(running().end(0, now()).unwrap().retry(1), Err(CampaignRefusal::State(State::Completed)));
}

#[test]
fn a_standing_campaign_plans_again_and_one_that_is_not_does_not() {
    let tomorrow = now() + chrono::Duration::days(1);
    let day = now().date_naive();
    assert_eq!(running().planned(day, tomorrow).next_run_at, None);
    let mut standing = running();
    standing.content.kind = Kind::Standing;
    assert_eq!(standing.planned(day, tomorrow).next_run_at, Some(tomorrow));
}

/// What anybody may try.
#[derive(Debug, Clone, Copy)]
enum Act {
    Change,
    Budget,
    Submit(i64),
    Approve,
    Reject,
    Schedule,
    Begin,
    Pause,
    Resume,
    Cancel,
    End(i64),
    Retry,
}

fn act(campaign: Campaign, act: Act) -> Result<Campaign, CampaignRefusal> {
    let content = campaign.content.clone();
    match act {
        Act::Change => campaign.change(content),
        Act::Budget => campaign.change_budget(Some(500)),
        Act::Submit(recipients) => campaign.submit(AUTHOR, recipients),
        Act::Approve => campaign.approve(ADMINISTRATOR),
        Act::Reject => campaign.reject(String::new()),
        Act::Schedule => campaign.schedule(now()),
        Act::Begin => campaign.begin(),
        Act::Pause => campaign.pause(PauseReason::ByHand),
        Act::Resume => campaign.resume(),
        Act::Cancel => campaign.cancel(now()),
        Act::End(failed) => campaign.end(failed, now()),
        Act::Retry => campaign.retry(1),
    }
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec(
        prop::sample::select(vec![
            Act::Change,
            Act::Budget,
            Act::Submit(10),
            Act::Submit(300),
            Act::Approve,
            Act::Reject,
            Act::Schedule,
            Act::Begin,
            Act::Pause,
            Act::Resume,
            Act::Cancel,
            Act::End(0),
            Act::End(1),
            Act::Retry,
        ]),
        0..40,
    )
}

proptest! {
    /// Whatever is tried in whatever order: nothing runs unapproved, and what is over stays so.
    #[test]
    fn nothing_runs_unapproved_and_what_is_over_stays_so(acts in acts()) {
        let mut campaign = draft();
        for tried in acts {
            let before = campaign.clone();
            match act(campaign.clone(), tried) {
                Ok(changed) => {
                    prop_assert_eq!(changed.version, before.version + 1);
                    campaign = changed;
                }
                Err(_) => continue,
            }
            prop_assert!(!matches!(before.state, State::Completed | State::Cancelled), "{:?}", tried);
            if !matches!(campaign.state, State::Draft | State::AwaitingApproval | State::Cancelled) {
                let submitted = campaign.submission.unwrap();
                prop_assert!(covers(campaign.approval, submitted.recipients));
            }
            prop_assert_eq!(campaign.pause.is_some(), campaign.state == State::Paused);
        }
    }
}

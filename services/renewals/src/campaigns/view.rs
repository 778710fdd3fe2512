//! Campaigns and their recipients as the contract shows them.

use careway_contract::renewals::v1::{self as proto, campaign, get_statistics_response::Count};
use careway_service::{count, timestamp, version};

use super::{
    content::shown_kind,
    domain::{Campaign, PauseReason, State},
    store::recipient::{Recipient, RecipientCount},
};
use crate::templates::shown_channel;

/// A campaign.
pub(super) fn campaign(campaign: &Campaign) -> proto::Campaign {
    let content = &campaign.content;
    let [due, lapsed] = [content.due, content.lapsed];
    proto::Campaign {
        campaign_id: campaign.id.to_string(),
        authority_id: campaign.authority.to_string(),
        agency_id: campaign.agency.to_string(),
        name: content.name.clone(),
        kind: shown_kind(content.kind).into(),
        channel: shown_channel(content.channel).into(),
        steps: content.steps.as_slice().to_vec(),
        due_template_id: due.map(|it| it.id.to_string()).unwrap_or_default(),
        due_template_version: due.map(|it| version(it.version)).unwrap_or_default(),
        lapsed_template_id: lapsed.map(|it| it.id.to_string()).unwrap_or_default(),
        lapsed_template_version: lapsed.map(|it| version(it.version)).unwrap_or_default(),
        starts_at: content.starts_at.map(timestamp),
        most_segments: content.most_segments,
        budget_segments: content.budget.map(count).unwrap_or_default(),
        used_segments: count(campaign.segments_used),
        state: state(campaign.state).into(),
        pause_reason: campaign.pause.map(pause_reason).unwrap_or(campaign::PauseReason::Unspecified).into(),
        submitted_recipients: campaign.submission.map(|it| count(it.recipients)).unwrap_or_default(),
        approved_recipients: campaign.approval.map(|it| count(it.recipients)).unwrap_or_default(),
        rejection: campaign.rejection.clone(),
        next_run_at: campaign.next_run_at.map(timestamp),
        created_at: Some(timestamp(campaign.created_at)),
        ended_at: campaign.ended_at.map(timestamp),
        version: version(campaign.version),
    }
}

fn state(state: State) -> campaign::State {
    match state {
        State::Draft => campaign::State::Draft,
        State::AwaitingApproval => campaign::State::AwaitingApproval,
        State::Approved => campaign::State::Approved,
        State::Scheduled => campaign::State::Scheduled,
        State::Running => campaign::State::Running,
        State::Paused => campaign::State::Paused,
        State::Completed => campaign::State::Completed,
        State::PartiallyFailed => campaign::State::PartiallyFailed,
        State::Cancelled => campaign::State::Cancelled,
    }
}

/// The state that is asked for, if one is.
pub(super) fn parse_state(asked: campaign::State) -> Option<State> {
    State::ALL.into_iter().find(|known| state(*known) == asked)
}

fn pause_reason(reason: PauseReason) -> campaign::PauseReason {
    match reason {
        PauseReason::ByHand => campaign::PauseReason::ByHand,
        PauseReason::Budget => campaign::PauseReason::Budget,
        PauseReason::Reapproval => campaign::PauseReason::ReapprovalNeeded,
    }
}

/// Somebody who is reminded.
pub(super) fn recipient(recipient: Recipient) -> proto::Recipient {
    proto::Recipient {
        recipient_id: recipient.recipient_id.to_string(),
        participant_id: recipient.participant_id.to_string(),
        full_name: recipient.full_name,
        last_day: recipient.last_day.to_string(),
        step: recipient.step,
        superseded_steps: recipient.superseded,
        state: recipient.state,
        reason: recipient.reason.unwrap_or_default(),
        segments: recipient.segments.unwrap_or_default(),
    }
}

/// A campaign's numbers.
pub(super) fn statistics(campaign: &Campaign, counts: Vec<RecipientCount>) -> proto::GetStatisticsResponse {
    let recipients: i64 = counts.iter().map(|of| of.recipients).sum();
    let counts = counts.into_iter().map(|of| Count {
        state: of.state,
        reason: of.reason.unwrap_or_default(),
        step: of.step,
        recipients: count(of.recipients),
    });
    proto::GetStatisticsResponse {
        counts: counts.collect(),
        recipients: count(recipients),
        segments: count(campaign.segments_used),
    }
}

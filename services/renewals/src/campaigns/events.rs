//! What renewals says of campaigns.

use careway_contract::renewals::v1::{CampaignAwaitingApproval, CampaignEnded, CampaignPaused};
use careway_events::{Fact, record};
use careway_service::Transaction;

use super::domain::{Campaign, State};

/// Says what a campaign has come to, where others care.
pub(super) fn changed(tx: &mut Transaction, campaign: &Campaign) {
    let [campaign_id, authority_id, agency_id, author_id] = [
        campaign.id.to_string(),
        campaign.authority.to_string(),
        campaign.agency.to_string(),
        campaign.author.to_string(),
    ];
    let fact = match campaign.state {
        State::AwaitingApproval => {
            Fact::new(CampaignAwaitingApproval { campaign_id, authority_id, agency_id })
        }
        State::Paused => {
            let reason = campaign.pause.map(|reason| reason.as_str().to_owned()).unwrap_or_default();
            Fact::new(CampaignPaused { campaign_id, authority_id, agency_id, reason, author_id })
        }
        State::Completed | State::PartiallyFailed | State::Cancelled => {
            let state = campaign.state.as_str().to_owned();
            Fact::new(CampaignEnded { campaign_id, authority_id, agency_id, state, author_id })
        }
        _ => return,
    };
    record(tx, fact.about(campaign.id.uuid(), campaign.version).of(campaign.agency).also(campaign.authority));
}

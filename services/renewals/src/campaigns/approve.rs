//! Approve a campaign: its words, and how many it was submitted for. Never by who wrote or submitted it.

use careway_contract::renewals::v1::{ApproveCampaignRequest, ApproveCampaignResponse};
use careway_service::{Call, Keyed};

use super::{change::change, domain::Campaign, view};
use crate::App;

pub(crate) async fn approve_campaign(
    app: &App,
    call: &Call,
    request: ApproveCampaignRequest,
) -> Keyed<ApproveCampaignResponse> {
    let party = call.caller.organization()?;
    let by = call.caller.account()?.uuid();
    let approve = |campaign: Campaign, _| campaign.approve(by);
    let (tx, campaign) = change(app, call, party, &request.campaign_id, "campaign.approve", approve).await?;
    tx.commit(ApproveCampaignResponse { campaign: Some(view::campaign(&campaign)) }).await
}

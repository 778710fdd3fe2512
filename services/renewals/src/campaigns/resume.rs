//! Let a paused campaign go on where it was.

use careway_contract::renewals::v1::{ResumeCampaignRequest, ResumeCampaignResponse};
use careway_service::{Call, Keyed};

use super::{change::change, domain::Campaign, view};
use crate::App;

pub(crate) async fn resume_campaign(
    app: &App,
    call: &Call,
    request: ResumeCampaignRequest,
) -> Keyed<ResumeCampaignResponse> {
    let agency = call.caller.agency()?;
    let resume = |campaign: Campaign, _| campaign.resume();
    let (tx, campaign) = change(app, call, agency, &request.campaign_id, "campaign.resume", resume).await?;
    tx.commit(ResumeCampaignResponse { campaign: Some(view::campaign(&campaign)) }).await
}

//! Pause a running campaign: what is queued stays queued.

use careway_contract::renewals::v1::{PauseCampaignRequest, PauseCampaignResponse};
use careway_service::{Call, Keyed};

use super::{change::change, domain::PauseReason, view};
use crate::App;

pub(crate) async fn pause_campaign(
    app: &App,
    call: &Call,
    request: PauseCampaignRequest,
) -> Keyed<PauseCampaignResponse> {
    let agency = call.caller.agency()?;
    let (tx, campaign) = change(app, call, agency, &request.campaign_id, "campaign.pause", |campaign, _| {
        campaign.pause(PauseReason::ByHand)
    })
    .await?;
    tx.commit(PauseCampaignResponse { campaign: Some(view::campaign(&campaign)) }).await
}

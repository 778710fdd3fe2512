//! End a campaign: whoever was not reminded yet is not.

use careway_contract::renewals::v1::{CancelCampaignRequest, CancelCampaignResponse};
use careway_service::{Call, Keyed};

use super::{change::change, view};
use crate::App;

pub(crate) async fn cancel_campaign(
    app: &App,
    call: &Call,
    request: CancelCampaignRequest,
) -> Keyed<CancelCampaignResponse> {
    let agency = call.caller.agency()?;
    let (tx, campaign) =
        change(app, call, agency, &request.campaign_id, "campaign.cancel", |campaign, now| {
            campaign.cancel(now)
        })
        .await?;
    tx.commit(CancelCampaignResponse { campaign: Some(view::campaign(&campaign)) }).await
}

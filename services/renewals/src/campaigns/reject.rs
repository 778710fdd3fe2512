//! Send a campaign back to its author.

use careway_contract::renewals::v1::{RejectCampaignRequest, RejectCampaignResponse};
use careway_kernel::{Violations, text::Text};
use careway_service::{Call, Keyed};

use super::{change::change, view};
use crate::App;

pub(crate) async fn reject_campaign(
    app: &App,
    call: &Call,
    request: RejectCampaignRequest,
) -> Keyed<RejectCampaignResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), Text::<1000>::parse);
    let (reason,) = v.all((reason,))?;
    let reject = |campaign: super::domain::Campaign, _| campaign.reject(reason.into());
    let (tx, campaign) = change(app, call, party, &request.campaign_id, "campaign.reject", reject).await?;
    tx.commit(RejectCampaignResponse { campaign: Some(view::campaign(&campaign)) }).await
}

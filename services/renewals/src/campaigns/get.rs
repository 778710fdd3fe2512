//! Read a campaign.

use careway_contract::renewals::v1::{GetCampaignRequest, GetCampaignResponse};
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_campaign(
    app: &App,
    call: &Call,
    request: GetCampaignRequest,
) -> Result<GetCampaignResponse> {
    let party = call.caller.organization()?;
    let id = path_id("campaign", &request.campaign_id)?;
    let mut reader = app.db.read(call).await?;
    let campaign = store::find_campaign(&mut reader, party, id).await?.ok_or(Error::not_found("campaign"))?;
    Ok(GetCampaignResponse { campaign: Some(view::campaign(&campaign)) })
}

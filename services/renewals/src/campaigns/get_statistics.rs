//! Count a campaign's recipients by what became of their reminders.

use careway_contract::renewals::v1::{GetStatisticsRequest, GetStatisticsResponse};
use careway_kernel::CampaignId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_statistics(
    app: &App,
    call: &Call,
    request: GetStatisticsRequest,
) -> Result<GetStatisticsResponse> {
    let party = call.caller.organization()?;
    let id: CampaignId = path_id("campaign", &request.campaign_id)?;
    let mut reader = app.db.read(call).await?;
    let campaign = store::find_campaign(&mut reader, party, id).await?.ok_or(Error::not_found("campaign"))?;
    let counts = store::recipient::list_counts(&mut reader, id).await?;
    Ok(view::statistics(&campaign, counts))
}

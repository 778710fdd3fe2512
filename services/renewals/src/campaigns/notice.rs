//! What messages to an agency's and an authority's people say of a campaign.

use std::collections::HashMap;

use careway_contract::renewals::v1::{GetNoticeRequest, GetNoticeResponse};
use careway_kernel::CampaignId;
use careway_service::{Call, Error, Result, count, path_id};
use uuid::Uuid;

use super::{domain::Campaign, reminder_notice, store};
use crate::App;

/// Of a reminder to one participant: words and recipient.
pub(crate) async fn notice_of_reminder(
    app: &App,
    _: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let recipient = Uuid::try_parse(&request.id).map_err(|_| Error::not_found("reminder"))?;
    reminder_notice::reminder_notice(app, recipient).await
}

/// Of a campaign: where it stands, what it is called, and how many it reminds.
pub(crate) async fn campaign_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let id: CampaignId = path_id("campaign", &request.id)?;
    let mut reader = app.db.read(call).await?;
    let campaign = store::find_any(&mut reader, id).await?.ok_or(Error::not_found("campaign"))?;
    let place = store::plan::get_place(&mut reader, campaign.id).await?;
    let agency = place.agency_name.unwrap_or(place.agency_code);
    let state = campaign.state.as_str().to_owned();
    Ok(GetNoticeResponse { state, values: values(&campaign, agency), ..Default::default() })
}

fn values(campaign: &Campaign, agency: String) -> HashMap<String, String> {
    let recipients = campaign.submission.map_or(0, |submission| submission.recipients);
    HashMap::from([
        ("campaign".to_owned(), campaign.content.name.clone()),
        ("agency".to_owned(), agency),
        ("recipients".to_owned(), count(recipients).to_string()),
    ])
}

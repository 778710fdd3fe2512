//! Let a campaign begin: at once for few, else once a second person has approved it.

use careway_contract::renewals::v1::{SubmitCampaignRequest, SubmitCampaignResponse};
use careway_kernel::CampaignId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::{plan::recipients, steps::reach},
    events, plan, store, view,
};
use crate::App;

pub(crate) async fn submit_campaign(
    app: &App,
    call: &Call,
    request: SubmitCampaignRequest,
) -> Keyed<SubmitCampaignResponse> {
    let agency = call.caller.agency()?;
    let by = call.caller.person_or_client()?;
    let id: CampaignId = path_id("campaign", &request.campaign_id)?;
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let locked = store::plan::lock_with_cards(&mut tx, agency, id, reach(now.date_naive())).await?;
    let (campaign, place, days) = locked.ok_or(Error::not_found("campaign"))?;
    let recipients = recipients(&plan::ranges(&campaign, &place, now), &days);
    let submitted = campaign.submit(by, recipients)?;
    store::update_campaign(&mut tx, &submitted).await?;
    events::changed(&mut tx, &submitted);
    tx.audit(AuditEntry { action: "campaign.submit", ..AuditEntry::default() });
    tx.commit(SubmitCampaignResponse { campaign: Some(view::campaign(&submitted)) }).await
}

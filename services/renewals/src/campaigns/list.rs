//! List campaigns, newest first.

use careway_contract::renewals::v1::{ListCampaignsRequest, ListCampaignsResponse};
use careway_kernel::{CampaignId, OrganizationId, Violations};
use careway_service::{Call, Paging, Result};

use super::{
    store::{self, CampaignFilter},
    view,
};
use crate::App;

pub(crate) async fn list_campaigns(
    app: &App,
    call: &Call,
    request: ListCampaignsRequest,
) -> Result<ListCampaignsResponse> {
    let party = call.caller.organization()?;
    let mut v = Violations::default();
    let agency = v.optional("agencyId", request.agency_id.as_str(), OrganizationId::parse);
    let bound = ListCampaignsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListCampaigns", party.uuid(), &bound, wanted);
    let (agency, paging) = v.all((agency, paging))?;

    let (state, before) = (view::parse_state(request.state()), paging.after_id()?.map(CampaignId::from_uuid));
    let filter = CampaignFilter { party, agency, state, before, limit: paging.limit() };
    let mut reader = app.db.read(call).await?;
    let campaigns = store::list_campaigns(&mut reader, &filter).await?;
    let (campaigns, next_page_token) = paging.cut(campaigns, |campaign| *campaign.id.uuid().as_bytes());
    Ok(ListCampaignsResponse { campaigns: campaigns.iter().map(view::campaign).collect(), next_page_token })
}

//! Write a campaign: a draft, by which nobody is reminded yet.

use careway_contract::renewals::v1::{CreateCampaignRequest, CreateCampaignResponse};
use careway_kernel::{CampaignId, OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Keyed};

use super::{content, domain::Campaign, store, view};
use crate::{App, agencies::authority_of};

pub(crate) async fn create_campaign(
    app: &App,
    call: &Call,
    request: CreateCampaignRequest,
) -> Keyed<CreateCampaignResponse> {
    let agency = call.caller.agency()?;
    let author = call.caller.person_or_client()?;
    let mut v = Violations::default();
    let authority = v.optional("authorityId", request.authority_id.as_str(), OrganizationId::parse);
    let asked = content::parse(&mut v, &request);
    let (authority, asked) = v.all((authority, asked))?;

    let mut tx = app.db.begin(call).await?;
    let authority = authority_of(&mut tx, agency, authority).await?;
    let content = content::resolve(&mut tx, [authority, agency], asked).await?;
    let campaign =
        Campaign::draft(CampaignId::new(&app.clock), [authority, agency], author, content, tx.now());
    store::insert_campaign(&mut tx, &campaign).await?;
    tx.audit(AuditEntry { action: "campaign.create", ..AuditEntry::default() });
    tx.commit(CreateCampaignResponse { campaign: Some(view::campaign(&campaign)) }).await
}

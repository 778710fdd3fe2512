//! List whom a campaign reminds, and what became of each reminder.

use careway_contract::renewals::v1::{ListRecipientsRequest, ListRecipientsResponse};
use careway_kernel::{CampaignId, Violations};
use careway_service::{AuditEntry, Call, Error, Paging, Result, path_id};

use super::{
    domain::{recipient::STATES, suppression::Suppression},
    store::{self, recipient::RecipientFilter},
    view,
};
use crate::App;

pub(crate) async fn list_recipients(
    app: &App,
    call: &Call,
    request: ListRecipientsRequest,
) -> Result<ListRecipientsResponse> {
    let party = call.caller.organization()?;
    let id: CampaignId = path_id("campaign", &request.campaign_id)?;
    let mut v = Violations::default();
    let known = |text: &str| STATES.into_iter().find(|state| *state == text);
    let state = v
        .optional("state", request.state.as_str(), |text| known(text).ok_or("must be a state of recipients"));
    let reason = v.optional("reason", request.reason.as_str(), |text| {
        Suppression::parse(text).ok_or("must be a reason of suppressed recipients")
    });
    let bound = ListRecipientsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListRecipients", party.uuid(), &bound, wanted);
    let (state, reason, paging) = v.all((state, reason, paging))?;

    let filter =
        RecipientFilter { campaign: id, state, reason, after: paging.after_id()?, limit: paging.limit() };
    let recipients = {
        let mut reader = app.db.read(call).await?;
        store::find_campaign(&mut reader, party, id).await?.ok_or(Error::not_found("campaign"))?;
        store::recipient::list_recipients(&mut reader, &filter).await?
    };
    let (recipients, next_page_token) =
        paging.cut(recipients, |recipient| *recipient.recipient_id.as_bytes());
    app.audit.read(call, AuditEntry { action: "campaign.recipients", ..AuditEntry::default() }).await?;
    Ok(ListRecipientsResponse {
        recipients: recipients.into_iter().map(view::recipient).collect(),
        next_page_token,
    })
}

//! Try once more what met a definite refusal, or was put off until its end, as long as its words are true. What somebody may
//! have got is never among it, nor a part of it.

use careway_contract::renewals::v1::{RetryFailedRequest, RetryFailedResponse};
use careway_kernel::CampaignId;
use careway_service::{AuditEntry, Call, Error, Keyed, count, path_id};

use super::{
    domain::{
        plan,
        recipient::{MAY_RETRY, NOBODY_GOT},
        steps::first_true,
    },
    plan::zone,
    store, view,
};
use crate::App;

pub(crate) async fn retry_failed(
    app: &App,
    call: &Call,
    request: RetryFailedRequest,
) -> Keyed<RetryFailedResponse> {
    let agency = call.caller.agency()?;
    let id: CampaignId = path_id("campaign", &request.campaign_id)?;
    let mut tx = app.db.begin(call).await?;
    let (campaign, place) =
        store::plan::lock_placed(&mut tx, agency, id).await?.ok_or(Error::not_found("campaign"))?;
    campaign.may_retry()?;
    let today = plan::day(tx.now(), zone(place.time_zone.as_deref()));
    let failed = store::recipient::Failed {
        campaign: id,
        states: &MAY_RETRY,
        nobody_got: &NOBODY_GOT,
        first_true: &first_true(today),
    };
    let tried = store::recipient::update_retried(&mut tx, &failed).await?;
    let campaign = campaign.retry(tried)?;
    store::update_campaign(&mut tx, &campaign).await?;
    tx.audit(AuditEntry { action: "campaign.retry", ..AuditEntry::default() });
    let recipients = count(tried);
    tx.commit(RetryFailedResponse { campaign: Some(view::campaign(&campaign)), recipients }).await
}

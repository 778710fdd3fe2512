//! What every change of a campaign has in common: the lock, the rule, what waits for it in the queue, the events, the audit.

use careway_kernel::{CampaignId, OrganizationId};
use careway_service::{AuditEntry, Call, Error, Keyed, Transaction, path_id};
use chrono::{DateTime, Utc};

use super::{
    domain::{Campaign, refusal::CampaignRefusal},
    events, store,
};
use crate::App;

/// Changes one campaign of an organization by a rule; the transaction is still to be committed. The campaign belongs to its
/// agency and to the authority; which of them may do what, the permissions say.
pub(super) async fn change(
    app: &App,
    call: &Call,
    party: OrganizationId,
    campaign_id: &str,
    action: &'static str,
    rule: impl FnOnce(Campaign, DateTime<Utc>) -> Result<Campaign, CampaignRefusal>,
) -> Keyed<(Transaction, Campaign)> {
    let id: CampaignId = path_id("campaign", campaign_id)?;
    let mut tx = app.db.begin(call).await?;
    let campaign = store::lock_campaign(&mut tx, party, id).await?.ok_or(Error::not_found("campaign"))?;
    let now = tx.now();
    let was = campaign.state;
    let changed = rule(campaign, now)?;
    if changed.lets_go_of_held(was) {
        store::update_released(&mut tx, &changed, now).await?;
        tx.wake_after_commit(app.wakes.of(changed.content.channel).clone());
    } else {
        store::update_campaign(&mut tx, &changed).await?;
    }
    events::changed(&mut tx, &changed);
    tx.audit(AuditEntry { action, ..AuditEntry::default() });
    Ok((tx, changed))
}

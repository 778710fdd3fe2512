//! Take a renewal back: the card ends as it did before, and so does the cover.

use careway_contract::renewals::v1::{UndoRenewalRequest, UndoRenewalResponse};
use careway_kernel::{OrganizationId, Violations, text::Line};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::{RenewalRefusal, check_undo},
    events::record_undone,
    store::{self, LockedCard},
    view,
};
use crate::{App, participants::domain::ContactResult};

pub(crate) async fn undo_renewal(
    app: &App,
    call: &Call,
    request: UndoRenewalRequest,
) -> Keyed<UndoRenewalResponse> {
    let authority = call.caller.authority()?;
    let item = path_id("renewal", &request.renewal_id)?;
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), Line::<500>::parse);
    let (reason,) = v.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let (facts, standing) = store::lock_standing(&mut tx, authority, item, now).await?;
    let card = facts.cards.first().ok_or(Error::not_found("renewal"))?;
    call.check_version(card.version)?;
    let standing = standing.ok_or(RenewalRefusal::NotRenewed)?;
    let undo_days = facts.settings.clone().unwrap_or_default().undo_days;
    check_undo(standing.renewed_at, now, undo_days.into(), standing.valid_to, standing.card_ends)?;
    let by = call.caller.subject.to_string();
    store::update_undone(&mut tx, (authority, item), &standing, (&by, reason.as_str()), now).await?;
    record_undone(&mut tx, standing.renewal_id, authority, OrganizationId::from_uuid(standing.agency_id));
    tx.audit(AuditEntry { action: "renewal.undo", ..Default::default() });
    tx.wake_after_commit(app.feed.changed());
    let open = LockedCard { agency_id: standing.collects, ..card.clone() };
    let open = facts.changed(&open, ContactResult::NotContacted, None);
    tx.commit(UndoRenewalResponse { renewal: Some(view::renewal(&open)) }).await
}

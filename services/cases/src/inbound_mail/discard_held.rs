//! Discard a held mail: it was nothing. It is kept all the same.

use careway_contract::cases::v1::{DiscardHeldMailRequest, DiscardHeldMailResponse};
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{
    accept_held::mail_id,
    domain::held::HeldMailRefusal,
    store::held::{lock_held, update_decided},
};
use crate::App;

pub(crate) async fn discard_held_mail(
    app: &App,
    call: &Call,
    request: DiscardHeldMailRequest,
) -> Keyed<DiscardHeldMailResponse> {
    let id = mail_id(&request.inbound_mail_id)?;
    let mut tx = app.db.begin(call).await?;
    let held = lock_held(&mut tx, id).await?.ok_or(Error::not_found("mail"))?;
    if held.decision.is_some() {
        return Err(HeldMailRefusal::Decided.into());
    }
    let (by, now) = (call.caller.subject.to_string(), tx.now());
    update_decided(&mut tx, id, ("DISCARDED", &by, now), None).await?;
    tx.audit(AuditEntry { action: "held-mail.discard", ..Default::default() });
    tx.commit(DiscardHeldMailResponse {}).await
}

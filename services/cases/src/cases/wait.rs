//! Ask the partner something, and wait for the answer.

use careway_contract::cases::v1::{WaitForPartnerRequest, WaitForPartnerResponse};
use careway_kernel::{CaseMessageId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{
    domain::step::NewMessage,
    keep::{attach, keep},
    party::{actor, case_key, powers, scope},
    store::find::lock_case,
    view, words,
};
use crate::{App, attachments, service_levels::level_of};

pub(crate) async fn wait_for_partner(
    app: &App,
    call: &Call,
    request: WaitForPartnerRequest,
) -> Keyed<WaitForPartnerResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let mut v = Violations::default();
    let question = words::body(&mut v, "message", &request.message);
    let files = attachments::parse_ids(&mut v, &request.attachment_ids);
    let (question, files) = v.all((question, files))?;

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case(&mut tx, &app.case_keys, scope, &key).await?;
    let case = locked.ok_or(Error::not_found("case"))?;
    let question = NewMessage::public(CaseMessageId::new(&app.clock), question);
    let level = level_of(app, &mut tx, case.organization.id).await?;
    let step = case.wait(question, &actor(call), tx.now(), (app.timing, &level.calendar))?;
    let mut step = step.acting_for(call.caller.organization()?);
    keep(app, &mut tx, &mut step).await?;
    attach(app, &mut tx, call, &step, &files).await?;
    tx.audit(AuditEntry { action: "case.wait", ..Default::default() });
    tx.commit(WaitForPartnerResponse { case: Some(view::case(&step.case, powers(call))) }).await
}

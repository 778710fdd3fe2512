//! Answer a case so that nothing is left to do.

use careway_contract::cases::v1::{SolveCaseRequest, SolveCaseResponse};
use careway_kernel::{CaseMessageId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{
    domain::step::NewMessage,
    keep::{attach, keep},
    party::{actor, case_key, powers, scope},
    store::find::lock_case,
    view, words,
};
use crate::{App, attachments};

pub(crate) async fn solve_case(
    app: &App,
    call: &Call,
    request: SolveCaseRequest,
) -> Keyed<SolveCaseResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let mut v = Violations::default();
    let answer = words::body(&mut v, "message", &request.message);
    let files = attachments::parse_ids(&mut v, &request.attachment_ids);
    let (answer, files) = v.all((answer, files))?;

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case(&mut tx, &app.case_keys, scope, &key).await?;
    let case = locked.ok_or(Error::not_found("case"))?;
    let answer = NewMessage::public(CaseMessageId::new(&app.clock), answer);
    let step = case.solve(answer, &actor(call), tx.now(), app.timing)?;
    let mut step = step.acting_for(call.caller.organization()?);
    keep(app, &mut tx, &mut step).await?;
    attach(app, &mut tx, call, &step, &files).await?;
    tx.audit(AuditEntry { action: "case.solve", ..Default::default() });
    tx.commit(SolveCaseResponse { case: Some(view::case(&step.case, powers(call))) }).await
}

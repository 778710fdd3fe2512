//! Say something in a case, or note something for support.

use careway_contract::cases::v1::{AddCaseMessageRequest, AddCaseMessageResponse};
use careway_kernel::{CaseMessageId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{
    domain::{refusal::CaseRefusal, step::NewMessage},
    keep::{attach, keep},
    party::{actor, case_key, powers, scope},
    store::find::lock_case,
    view, words,
};
use crate::{App, attachments};

pub(crate) async fn add_case_message(
    app: &App,
    call: &Call,
    request: AddCaseMessageRequest,
) -> Keyed<AddCaseMessageResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    if request.internal && !powers(call).handle {
        return Err(CaseRefusal::SupportOnly.into());
    }
    let mut v = Violations::default();
    let body = words::body(&mut v, "body", &request.body);
    let files = attachments::parse_ids(&mut v, &request.attachment_ids);
    let (body, files) = v.all((body, files))?;

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case(&mut tx, &app.case_keys, scope, &key).await?;
    let case = locked.ok_or(Error::not_found("case"))?;
    let id = CaseMessageId::new(&app.clock);
    let message = NewMessage { id, internal: request.internal, body, inbound_mail: None };
    let step = case.say(message, &actor(call), tx.now())?;
    let mut step = step.acting_for(call.caller.organization()?);
    keep(app, &mut tx, &mut step).await?;
    let files = attach(app, &mut tx, call, &step, &files).await?;
    tx.audit(AuditEntry { action: "case.message", ..Default::default() });
    tx.commit(AddCaseMessageResponse {
        message: view::said(&step).map(|message| view::with_files(message, &files)),
        case: Some(view::case(&step.case, powers(call))),
    })
    .await
}

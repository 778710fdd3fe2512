//! Take away what a message says, for good.

use careway_contract::cases::v1::{RedactCaseMessageRequest, RedactCaseMessageResponse};
use careway_kernel::{CaseMessageId, Violations, text::Line};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    keep::keep,
    party::{actor, case_key, is_support, scope},
    store::message::lock_case_with_message,
    view,
};
use crate::App;

pub(crate) async fn redact_case_message(
    app: &App,
    call: &Call,
    request: RedactCaseMessageRequest,
) -> Keyed<RedactCaseMessageResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let id: CaseMessageId = path_id("message", &request.message_id)?;
    let mut v = Violations::default();
    let reason = v.required("reason", &*request.reason, Line::<200>::parse);
    let (reason,) = v.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case_with_message(&mut tx, &app.case_keys, (scope, &key), id).await?;
    let (case, mut message) = locked.ok_or(Error::not_found("message"))?;
    // Words that are gone are not taken away twice.
    if message.redacted_at.is_none() {
        let at = tx.now();
        let step = case.redact((id, message.internal), reason.as_str().to_owned(), &actor(call), at);
        let mut step = step.acting_for(call.caller.organization()?);
        keep(app, &mut tx, &mut step).await?;
        message.redacted_at = Some(at);
    }
    tx.audit(AuditEntry { action: "case.redact", ..Default::default() });
    tx.commit(RedactCaseMessageResponse { message: Some(view::message(&message, is_support(call))) }).await
}

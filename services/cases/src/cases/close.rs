//! Close a case, for good.

use careway_contract::cases::v1::{CloseCaseRequest, CloseCaseResponse};
use careway_kernel::{Redacted, Violations, text::Text};
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{
    domain::State,
    keep::keep,
    party::{actor, case_key, is_support, powers, scope},
    store::find::lock_case,
    view,
};
use crate::App;

pub(crate) async fn close_case(
    app: &App,
    call: &Call,
    request: CloseCaseRequest,
) -> Keyed<CloseCaseResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let mut v = Violations::default();
    let reason = v.optional("reason", &*request.reason, Text::<1000>::parse);
    let (reason,) = v.all((reason,))?;
    let reason = reason.map(|reason| Redacted::new(reason.as_str()));

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case(&mut tx, &app.case_keys, scope, &key).await?;
    let case = locked.ok_or(Error::not_found("case"))?;
    let has_no_reason = reason.is_none() && is_support(call) && case.state != State::Solved;
    let step = case.close(powers(call), reason, &actor(call), tx.now())?;
    if has_no_reason {
        return Err(Error::violation("reason", "is required of who closes a case that is not solved").into());
    }
    let mut step = step.acting_for(call.caller.organization()?);
    keep(app, &mut tx, &mut step).await?;
    tx.audit(AuditEntry { action: "case.close", ..Default::default() });
    tx.commit(CloseCaseResponse { case: Some(view::case(&step.case, powers(call))) }).await
}

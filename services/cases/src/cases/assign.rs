//! Give a case to one of support's people.

use careway_contract::cases::v1::{AssignCaseRequest, AssignCaseResponse};
use careway_kernel::{AccountId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, Result};

use super::{
    domain::refusal::CaseRefusal,
    keep::keep,
    party::{actor, case_key, powers, scope},
    staff,
    store::find::lock_case,
    view,
};
use crate::App;

pub(crate) async fn assign_case(
    app: &App,
    call: &Call,
    request: AssignCaseRequest,
) -> Keyed<AssignCaseResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let mut v = Violations::default();
    let assignee = v.optional("assigneeId", &*request.assignee_id, AccountId::parse);
    let (assignee,) = v.all((assignee,))?;
    let assignee = match assignee {
        Some(assignee) => assignee,
        None => call.caller.account()?,
    };
    let checked = require_agent(app, call, assignee).await;
    app.db.unless_replayed(call, checked).await?;

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case(&mut tx, &app.case_keys, scope, &key).await?;
    let case = locked.ok_or(Error::not_found("case"))?;
    let step = case.assign(assignee, &actor(call), tx.now())?;
    let mut step = step.acting_for(call.caller.organization()?);
    keep(app, &mut tx, &mut step).await?;
    tx.audit(AuditEntry { action: "case.assign", ..Default::default() });
    tx.commit(AssignCaseResponse { case: Some(view::case(&step.case, powers(call))) }).await
}

/// The caller may, as the RPC's permission says; of anybody else identity is asked.
async fn require_agent(app: &App, call: &Call, assignee: AccountId) -> Result<()> {
    if actor(call).account == Some(assignee) {
        return Ok(());
    }
    match staff::holds(app, assignee, call.caller.organization()?, "cases.handle").await? {
        true => Ok(()),
        false => Err(CaseRefusal::AssigneeNotAgent.into()),
    }
}

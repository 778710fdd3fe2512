//! Watch a case.

use careway_contract::cases::v1::{AddCaseWatcherRequest, AddCaseWatcherResponse};
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{
    domain::Role,
    keep::keep,
    party::{actor, case_key, powers, scope},
    store::find::lock_case,
    view,
};
use crate::App;

pub(crate) async fn add_case_watcher(
    app: &App,
    call: &Call,
    request: AddCaseWatcherRequest,
) -> Keyed<AddCaseWatcherResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let (account, member_of) = (call.caller.account()?, call.caller.organization()?);

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case(&mut tx, &app.case_keys, scope, &key).await?;
    let case = locked.ok_or(Error::not_found("case"))?;
    let step = case.join(account, (Role::Watcher, member_of), &actor(call), tx.now())?;
    let mut step = step.acting_for(call.caller.organization()?);
    keep(app, &mut tx, &mut step).await?;
    tx.audit(AuditEntry { action: "case.watch", ..Default::default() });
    tx.commit(AddCaseWatcherResponse { case: Some(view::case(&step.case, powers(call))) }).await
}

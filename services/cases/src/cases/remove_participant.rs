//! Let a person take part in a case no more.

use careway_contract::cases::v1::{RemoveCaseParticipantRequest, RemoveCaseParticipantResponse};
use careway_kernel::AccountId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::Role,
    keep::keep,
    party::{actor, case_key, powers, scope},
    store::find::lock_case,
    view,
};
use crate::App;

pub(crate) async fn remove_case_participant(
    app: &App,
    call: &Call,
    request: RemoveCaseParticipantRequest,
) -> Keyed<RemoveCaseParticipantResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let account: AccountId = path_id("account", &request.account_id)?;

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case(&mut tx, &app.case_keys, scope, &key).await?;
    let case = locked.ok_or(Error::not_found("case"))?;
    let step = case.leave(account, Role::Participant, &actor(call), tx.now())?;
    let mut step = step.acting_for(call.caller.organization()?);
    keep(app, &mut tx, &mut step).await?;
    tx.audit(AuditEntry { action: "case.participants", ..Default::default() });
    tx.commit(RemoveCaseParticipantResponse { case: Some(view::case(&step.case, powers(call))) }).await
}

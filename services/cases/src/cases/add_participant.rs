//! Let a person of the case's organization take part.

use careway_contract::cases::v1::{AddCaseParticipantRequest, AddCaseParticipantResponse};
use careway_kernel::{AccountId, OrganizationId};
use careway_service::{AuditEntry, Call, Error, Keyed, Result, path_id};

use super::{
    domain::{Role, refusal::CaseRefusal},
    keep::keep,
    party::{actor, case_key, powers, scope},
    staff,
    store::find::{CaseKey, Scope, find_case, lock_case},
    view,
};
use crate::App;

pub(crate) async fn add_case_participant(
    app: &App,
    call: &Call,
    request: AddCaseParticipantRequest,
) -> Keyed<AddCaseParticipantResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    let account: AccountId = path_id("account", &request.account_id)?;
    let organization = organization_of(app, call, scope, &key).await?;
    if !staff::holds(app, account, organization, "cases.read").await? {
        return Err(CaseRefusal::ParticipantNotMember.into());
    }

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case(&mut tx, &app.case_keys, scope, &key).await?;
    let case = locked.ok_or(Error::not_found("case"))?;
    let step = case.join(account, (Role::Participant, organization), &actor(call), tx.now())?;
    let mut step = step.acting_for(call.caller.organization()?);
    keep(app, &mut tx, &mut step).await?;
    tx.audit(AuditEntry { action: "case.participants", ..Default::default() });
    tx.commit(AddCaseParticipantResponse { case: Some(view::case(&step.case, powers(call))) }).await
}

/// Whose the case is: it never changes, so that identity is asked before the transaction.
async fn organization_of(app: &App, call: &Call, scope: Scope, key: &CaseKey) -> Result<OrganizationId> {
    let mut reader = app.db.read(call).await?;
    let case = find_case(&mut reader, &app.case_keys, scope, key).await?;
    Ok(case.ok_or(Error::not_found("case"))?.organization.id)
}

//! Set an organization's own service level, whole.

use careway_contract::cases::v1::{SetServiceLevelRequest, SetServiceLevelResponse};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, NotWritten, Transaction, path_id};

use super::{
    store::{self, SetLevel, UnknownCalendar},
    view,
};
use crate::App;

pub(crate) async fn set_service_level(
    app: &App,
    call: &Call,
    request: SetServiceLevelRequest,
) -> Keyed<SetServiceLevelResponse> {
    let organization: OrganizationId = path_id("organization", &request.organization_id)?;
    let level = view::parse(&request.service_level.unwrap_or_default(), call)?;
    let service_level = Some(view::service_level(Some(organization), &level));
    let tx = set(app, call, Some(organization), &level).await?;
    let response = tx.commit(SetServiceLevelResponse { service_level }).await;
    app.service_levels.forget();
    response
}

/// Sets a level in a transaction that is still to be committed.
pub(super) async fn set(
    app: &App,
    call: &Call,
    organization: Option<OrganizationId>,
    level: &SetLevel,
) -> Keyed<Transaction> {
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    if let Some(organization) = organization
        && store::find_organization(&mut tx, organization).await?.is_none()
    {
        return Err(Error::not_found("organization").into());
    }
    match store::upsert_level(&mut tx, organization, level, now).await {
        Ok(true) => {}
        Ok(false) => return Err(Error::stale().into()),
        Err(NotWritten::Refused(UnknownCalendar)) => {
            let unknown = Violations::one("workCalendarId", "must be the name of a work calendar");
            return Err(Error::from(unknown).into());
        }
        Err(NotWritten::Failed(error)) => return Err(error.into()),
    }
    tx.audit(AuditEntry { action: "service_level.set", ..Default::default() });
    Ok(tx)
}

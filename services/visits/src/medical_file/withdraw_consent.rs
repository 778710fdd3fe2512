//! Note that a patient takes the consent back: what it opened is closed.

use careway_contract::visits::v1::{WithdrawConsentRequest, WithdrawConsentResponse};
use careway_kernel::VisitId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{store, view};
use crate::{
    App, audit,
    visits::{self, access::opened},
};

pub(crate) async fn withdraw_consent(
    app: &App,
    call: &Call,
    request: WithdrawConsentRequest,
) -> Keyed<WithdrawConsentResponse> {
    let (facility, person) = (call.caller.facility()?, call.caller.person_or_client()?);
    let id: VisitId = path_id("visit", &request.visit_id)?;

    let mut tx = app.db.begin(call).await?;
    let visit =
        visits::store::lock_facility_visit(&mut tx, id, facility).await?.ok_or(Error::not_found("visit"))?;
    let member = Some(opened(app, &visit, facility)?.member);
    let now = tx.now();
    let consent = store::update_withdrawn(&mut tx, id, person, now).await?;
    let entry =
        AuditEntry { action: "medical_file.withdraw_consent", member, visit: Some(id), ..Default::default() };
    audit::note(&mut tx, call, entry);
    tx.commit(WithdrawConsentResponse { consent: consent.as_ref().map(view::consent) }).await
}

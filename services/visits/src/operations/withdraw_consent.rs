//! Note that a patient takes the consent back: what it opened is closed.

use careway_contract::visits::v1::{WithdrawConsentRequest, WithdrawConsentResponse};
use careway_kernel::VisitId;
use careway_service::{AuditEntry, Call, Error, Result};

use super::{
    document_access::opened,
    visit_callers::{facility, subject},
};
use crate::{App, accesses, api::medical_file_view, store};

pub(crate) async fn withdraw_consent(
    app: &App,
    call: &Call,
    request: WithdrawConsentRequest,
) -> Result<WithdrawConsentResponse> {
    let (facility, person) = (facility(call)?, subject(call)?);
    let id = VisitId::parse(&request.visit_id).map_err(|_| Error::not_found("visit"))?;

    let mut tx = app.db.begin(call).await?;
    let visit =
        store::visit::lock_facility_visit(&mut tx, id, facility).await?.ok_or(Error::not_found("visit"))?;
    let member = Some(opened(app, &visit, facility)?.member);
    let now = tx.now();
    let consent = store::medical_file::update_withdrawn(&mut tx, id, person, now).await?;
    let entry =
        AuditEntry { action: "medical_file.withdraw_consent", member, visit: Some(id), ..Default::default() };
    accesses::note(&mut tx, call, entry);
    tx.commit(WithdrawConsentResponse { consent: consent.as_ref().map(medical_file_view::consent) }).await
}

//! Note that a patient consents to this facility seeing what others recorded.

use careway_contract::visits::v1::{GiveConsentRequest, GiveConsentResponse};
use careway_kernel::{Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Result};

use super::{
    document_access::opened,
    visit_callers::{facility, subject},
};
use crate::{App, accesses, api::medical_file_view, domain::medical_file::Consent, store};

pub(crate) async fn give_consent(
    app: &App,
    call: &Call,
    request: GiveConsentRequest,
) -> Result<GiveConsentResponse> {
    let (facility, person) = (facility(call)?, subject(call)?);
    let id = VisitId::parse(&request.visit_id).map_err(|_| Error::not_found("visit"))?;
    let mut v = Violations::default();
    let form = v.present("form", medical_file_view::parse_form(request.form()));
    let (form,) = v.all((form,))?;

    let mut tx = app.db.begin(call).await?;
    let visit =
        store::visit::lock_facility_visit(&mut tx, id, facility).await?.ok_or(Error::not_found("visit"))?;
    let patient = opened(app, &visit, facility)?;
    let consent = Consent { form, given_at: tx.now(), withdrawn_at: None };
    store::medical_file::upsert_consent(&mut tx, (&visit, patient), consent, person).await?;
    let (member, detail) = (Some(patient.member), Some(form.as_str()));
    let entry = AuditEntry { action: "medical_file.consent", member, visit: Some(id), detail };
    accesses::note(&mut tx, call, entry);
    tx.commit(GiveConsentResponse { consent: Some(medical_file_view::consent(&consent)) }).await
}

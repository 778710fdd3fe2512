//! Note that a patient consents to this facility seeing what others recorded.

use careway_contract::visits::v1::{GiveConsentRequest, GiveConsentResponse};
use careway_kernel::{Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{domain::Consent, store, view};
use crate::{
    App, audit,
    visits::{self, access::opened},
};

pub(crate) async fn give_consent(
    app: &App,
    call: &Call,
    request: GiveConsentRequest,
) -> Keyed<GiveConsentResponse> {
    let (facility, person) = (call.caller.facility()?, call.caller.person_or_client()?);
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let mut v = Violations::default();
    let form = v.present("form", view::parse_form(request.form()));
    let (form,) = v.all((form,))?;

    let mut tx = app.db.begin(call).await?;
    let visit =
        visits::store::lock_facility_visit(&mut tx, id, facility).await?.ok_or(Error::not_found("visit"))?;
    let patient = opened(app, &visit, facility)?;
    let consent = Consent { form, given_at: tx.now(), withdrawn_at: None };
    store::upsert_consent(&mut tx, (&visit, patient), consent, person).await?;
    let (member, detail) = (Some(patient.member), Some(form.as_str()));
    let entry =
        AuditEntry { action: "medical_file.consent", member, visit: Some(id), detail, ..Default::default() };
    audit::note(&mut tx, call, entry);
    tx.commit(GiveConsentResponse { consent: Some(view::consent(&consent)) }).await
}

//! Read what is known of a patient from earlier visits.

use careway_contract::visits::v1::{GetMedicalFileRequest, GetMedicalFileResponse};
use careway_kernel::VisitId;
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{
    domain::{self, Withheld},
    store, view,
};
use crate::{
    App, payer_rules,
    visits::{self, access::opened},
};

pub(crate) async fn get_medical_file(
    app: &App,
    call: &Call,
    request: GetMedicalFileRequest,
) -> Result<GetMedicalFileResponse> {
    let facility = call.caller.facility()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let visit = visits::store::find_facility_visit(&app.db, call, id, facility).await?;
    let visit = visit.ok_or(Error::not_found("visit"))?;
    let patient = opened(app, &visit, facility)?;
    let (consent, withheld, file) = {
        let mut reader = app.db.read(call).await?;
        let rules =
            payer_rules::store::find_claim_rules(&mut reader, patient.payer).await?.unwrap_or_default();
        let consent = store::find_consent(&mut reader, id).await?;
        let review = match patient.overridden {
            true => visits::store::overrides::find_override(&mut reader, id, facility).await?,
            false => None,
        };
        let withheld = match patient.opens_records_of_others(review.map(|known| known.review)) {
            true => domain::withheld(rules.medical_file_sharing, consent.as_ref()),
            false => Some(Withheld::ReviewNeeded),
        };
        let (sealers, others) = ((&app.context.keys, &app.documents.sealer), withheld.is_none());
        let file = store::find_medical_file(&mut reader, sealers, id, others, app.clock.now()).await?;
        (consent, withheld, file.ok_or(Error::not_found("visit"))?)
    };
    let member = Some(patient.member);
    let entry = AuditEntry { action: "medical_file.read", member, visit: Some(id), ..Default::default() };
    app.audit.read(call, entry).await?;
    Ok(view::medical_file(consent.as_ref(), withheld, file))
}

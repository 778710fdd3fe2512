//! Read what is known of a patient from earlier visits.

use careway_contract::visits::v1::{GetMedicalFileRequest, GetMedicalFileResponse};
use careway_kernel::VisitId;
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{store, view};
use crate::{App, documents::access::opened, visits};

pub(crate) async fn get_medical_file(
    app: &App,
    call: &Call,
    request: GetMedicalFileRequest,
) -> Result<GetMedicalFileResponse> {
    let facility = call.caller.facility()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let visit = visits::store::find_facility_visit(&app.db, call, id, facility).await?;
    let visit = visit.ok_or(Error::not_found("visit"))?;
    opened(app, &visit, facility)?;
    let file = {
        let mut reader = app.db.read(call).await?;
        let sealers = (&app.desk.keys, &app.documents.sealer);
        let file = store::find_medical_file(&mut reader, sealers, id, app.clock.now()).await?;
        file.ok_or(Error::not_found("visit"))?
    };
    let member = visit.patient.as_ref().map(|patient| patient.member);
    let entry = AuditEntry { action: "medical_file.read", member, visit: Some(id), ..Default::default() };
    app.audit.read(call, entry).await?;
    Ok(view::medical_file(file))
}

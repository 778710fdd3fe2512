//! Notify an admission: the payer is told of an inpatient.

use careway_contract::visits::v1::{AdmissionNotified, NotifyAdmissionRequest, NotifyAdmissionResponse};
use careway_events::{Fact, record};
use careway_kernel::VisitId;
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{store, view};
use crate::{App, audit};

pub(crate) async fn notify_admission(
    app: &App,
    call: &Call,
    request: NotifyAdmissionRequest,
) -> Keyed<NotifyAdmissionResponse> {
    let facility = call.caller.facility()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let mut tx = app.db.begin(call).await?;
    let visit = store::lock_facility_visit(&mut tx, id, facility).await?.ok_or(Error::not_found("visit"))?;
    let (visit, late) = visit.notify_admission(tx.now())?;
    store::update::update_visit(&mut tx, &visit).await?;
    if let Some(patient) = &visit.patient {
        let notified = AdmissionNotified {
            visit_id: id.to_string(),
            facility_id: facility.to_string(),
            payer_id: patient.payer.to_string(),
            late,
        };
        record(&mut tx, Fact::new(notified).about(id.uuid(), visit.version).of(facility).also(patient.payer));
        let member = Some(patient.member);
        let entry =
            AuditEntry { action: "visit.notify_admission", member, visit: Some(id), ..Default::default() };
        audit::note(&mut tx, call, entry);
    }
    tx.commit(NotifyAdmissionResponse { visit: Some(view::visit(&visit)) }).await
}

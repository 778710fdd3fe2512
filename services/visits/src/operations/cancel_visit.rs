//! Cancel a visit that has no claim.

use careway_contract::visits::v1::{CancelVisitRequest, CancelVisitResponse, VisitCancelled};
use careway_events::{Fact, record};
use careway_kernel::{Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Result};

use super::{admit_visit::short, visit_callers::facility};
use crate::{App, accesses, api::visit_view, store};

pub(crate) async fn cancel_visit(
    app: &App,
    call: &Call,
    request: CancelVisitRequest,
) -> Result<CancelVisitResponse> {
    let facility = facility(call)?;
    let id = VisitId::parse(&request.visit_id).map_err(|_| Error::not_found("visit"))?;
    let mut violations = Violations::default();
    let reason = violations.required("reason", request.reason.as_str(), short);
    let (reason,) = violations.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let visit =
        store::visit::lock_facility_visit(&mut tx, id, facility).await?.ok_or(Error::not_found("visit"))?;
    let visit = visit.cancel(tx.now(), reason)?;
    store::visit_update::update_visit(&mut tx, &visit).await?;
    let patient = visit.patient.as_ref();
    let cancelled = VisitCancelled {
        visit_id: id.to_string(),
        facility_id: facility.to_string(),
        payer_id: patient.map(|patient| patient.payer.to_string()).unwrap_or_default(),
        member_id: patient.map(|patient| patient.member.to_string()).unwrap_or_default(),
    };
    let fact = Fact::new(cancelled).about(id.uuid(), visit.version).of(facility);
    record(
        &mut tx,
        match patient {
            Some(patient) => fact.also(patient.payer),
            None => fact,
        },
    );
    let member = patient.map(|patient| patient.member);
    accesses::note(
        &mut tx,
        call,
        AuditEntry { action: "visit.cancel", member, visit: Some(id), ..Default::default() },
    );
    tx.commit(CancelVisitResponse { visit: Some(visit_view::visit(&visit)) }).await
}

//! Cancel a visit that has no claim; what was asked for its care goes with it.

use careway_contract::visits::v1::{CancelVisitRequest, CancelVisitResponse, VisitCancelled};
use careway_events::{Fact, record};
use careway_kernel::{Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{store, view};
use crate::{App, audit, preauthorizations, texts::Short};

pub(crate) async fn cancel_visit(
    app: &App,
    call: &Call,
    request: CancelVisitRequest,
) -> Keyed<CancelVisitResponse> {
    let facility = call.caller.facility()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let mut violations = Violations::default();
    let reason = violations.required("reason", request.reason.as_str(), Short::parse);
    let (reason,) = violations.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let locked = store::lock_for_cancellation(&mut tx, id, facility).await?;
    let (visit, asked) = locked.ok_or(Error::not_found("visit"))?;
    let visit = visit.cancel(tx.now(), reason.into())?;
    store::update::update_visit(&mut tx, &visit).await?;
    if asked {
        for it in preauthorizations::store::lock_cancellable(&mut tx, id).await? {
            preauthorizations::cancel::cancel(&mut tx, call, it, "The visit was cancelled.".to_owned())
                .await?;
        }
    }
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
    audit::note(
        &mut tx,
        call,
        AuditEntry { action: "visit.cancel", member, visit: Some(id), ..Default::default() },
    );
    tx.commit(CancelVisitResponse { visit: Some(view::visit(&visit)) }).await
}

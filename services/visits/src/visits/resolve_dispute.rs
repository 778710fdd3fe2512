//! Resolve a dispute: the payer dismisses it, or upholds it: claims stay frozen, and what the visit opened is closed.

use careway_contract::visits::v1::{
    ResolveVisitDisputeRequest, ResolveVisitDisputeResponse, VisitDisputeResolved,
    resolve_visit_dispute_request::Outcome,
};
use careway_events::{Fact, record};
use careway_kernel::{Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{store, view};
use crate::{App, audit, medical_file};

pub(crate) async fn resolve_visit_dispute(
    app: &App,
    call: &Call,
    request: ResolveVisitDisputeRequest,
) -> Keyed<ResolveVisitDisputeResponse> {
    let (payer, person) = (call.caller.payer()?, call.caller.person_or_client()?);
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let upheld = match request.outcome() {
        Outcome::Unspecified => return Err(Violations::one("outcome", "is required").into()),
        outcome => outcome == Outcome::Upheld,
    };
    let mut tx = app.db.begin(call).await?;
    let visit = store::lock_visit(&mut tx, id, payer).await?;
    let visit = visit.filter(|visit| visit.patient.is_some()).ok_or(Error::not_found("visit"))?;
    let visit = visit.resolve_dispute(tx.now(), upheld)?;
    store::update::update_visit(&mut tx, &visit).await?;
    if upheld {
        let now = tx.now();
        medical_file::store::update_withdrawn(&mut tx, id, person, now).await?;
    }
    if let Some(patient) = &visit.patient {
        let resolved = VisitDisputeResolved {
            visit_id: id.to_string(),
            facility_id: visit.facility.to_string(),
            payer_id: payer.to_string(),
            member_id: patient.member.to_string(),
            upheld,
        };
        record(&mut tx, Fact::new(resolved).about(id.uuid(), visit.version).of(visit.facility).also(payer));
        let member = Some(patient.member);
        let entry =
            AuditEntry { action: "visit.resolve_dispute", member, visit: Some(id), ..Default::default() };
        audit::note(&mut tx, call, entry);
    }
    tx.commit(ResolveVisitDisputeResponse { visit: Some(view::visit(&visit)) }).await
}

//! Dispute a visit: the member says "this was not me", with the token of the link in the SMS.

use careway_contract::visits::v1::{DisputeVisitRequest, DisputeVisitResponse, VisitDisputed};
use careway_events::{Fact, record};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Error, Result, timestamp};

use super::{domain::Visit, store};
use crate::{App, audit, organizations};

pub(crate) async fn dispute_visit(
    app: &App,
    call: &Call,
    request: DisputeVisitRequest,
) -> Result<DisputeVisitResponse> {
    let mut violations = Violations::default();
    violations.check("token", !request.token.is_empty(), "is required");
    violations.finish()?;
    let unknown = || Error::not_found("visit");
    let id = app.context.keys.disputed_visit(&request.token).ok_or_else(unknown)?;
    // The link is all the member has: nobody's token to see the row with.
    let mut tx = app.db.begin_for(call, "visits.dispute").await?;
    let visit = store::lock_any_visit(&mut tx, id).await?.filter(|visit| visit.patient.is_some());
    let visit = visit.ok_or_else(unknown)?;
    let facility_name = organizations::store::find_name(&mut tx, visit.facility).await?.unwrap_or_default();
    let Some(disputed) = visit.clone().dispute(tx.now()) else {
        tx.finish().await?;
        return Ok(answer(&visit, facility_name));
    };
    store::update::update_visit(&mut tx, &disputed).await?;
    if let Some(patient) = &disputed.patient {
        let told = VisitDisputed {
            visit_id: id.to_string(),
            facility_id: disputed.facility.to_string(),
            payer_id: patient.payer.to_string(),
            member_id: patient.member.to_string(),
        };
        let fact = Fact::new(told).about(id.uuid(), disputed.version);
        record(&mut tx, fact.of(disputed.facility).also(patient.payer));
        let member = Some(patient.member);
        let entry = AuditEntry { action: "visit.dispute", member, visit: Some(id), ..Default::default() };
        audit::note(&mut tx, call, entry);
    }
    tx.finish().await?;
    Ok(answer(&disputed, facility_name))
}

fn answer(visit: &Visit, facility_name: String) -> DisputeVisitResponse {
    DisputeVisitResponse {
        visit_number: visit.admission.as_ref().map(|admission| admission.number.clone()).unwrap_or_default(),
        facility_name,
        disputed_at: visit.dispute.as_ref().map(|dispute| timestamp(dispute.at)),
    }
}

//! Take back what was not handed out.

use careway_contract::visits::v1::{
    CancelPrescriptionRequest, CancelPrescriptionResponse, PrescriptionCancelled,
};
use careway_events::{Fact, record};
use careway_kernel::{PrescriptionId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::refusal::Refusal,
    store,
    view::{self, Reader},
};
use crate::{App, audit, texts::Note};

pub(crate) async fn cancel_prescription(
    app: &App,
    call: &Call,
    request: CancelPrescriptionRequest,
) -> Keyed<CancelPrescriptionResponse> {
    let facility = call.caller.facility()?;
    let id: PrescriptionId = path_id("prescription", &request.prescription_id)?;
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), Note::parse);
    let (reason,) = v.all((reason,))?;

    let mut tx = app.db.begin(call).await?;
    let (now, keys) = (tx.now(), &app.context.keys);
    let locked = store::dispensing::lock_prescription(&mut tx, keys, id, facility, now)
        .await?
        .filter(|locked| locked.prescription.facility == facility)
        .ok_or(Error::not_found("prescription"))?;
    if locked.disputed {
        return Err(Refusal::VisitDisputed.into());
    }
    call.check_version(locked.prescription.version)?;
    let it = locked.prescription.cancel(now, locked.today, reason.into())?;
    let handed = store::dispensing::update_cancelled(&mut tx, keys, &it).await?;
    let cancelled = PrescriptionCancelled {
        prescription_id: id.to_string(),
        facility_id: facility.to_string(),
        payer_id: it.payer.to_string(),
        member_id: it.member.to_string(),
    };
    record(&mut tx, Fact::new(cancelled).about(id.uuid(), it.version).of(facility).also(it.payer));
    let (member, visit) = (Some(it.member), Some(it.visit));
    audit::note(
        &mut tx,
        call,
        AuditEntry { action: "prescription.cancel", member, visit, ..Default::default() },
    );
    let shown = view::prescription(&it, &handed, locked.today, Reader::Party);
    tx.commit(CancelPrescriptionResponse { prescription: Some(shown) }).await
}

//! Hand out medicines: all of a fill or a part of it, and never more than was prescribed.

use careway_contract::visits::v1::{
    DispensePrescriptionRequest, DispensePrescriptionResponse, PrescriptionDispensed,
};
use careway_events::{Fact, record};
use careway_kernel::{PrescriptionId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::refusal::Refusal,
    request, store,
    view::{self, Reader},
};
use crate::{App, audit};

pub(crate) async fn dispense_prescription(
    app: &App,
    call: &Call,
    request: DispensePrescriptionRequest,
) -> Keyed<DispensePrescriptionResponse> {
    let (pharmacy, person) = (call.caller.facility()?, call.caller.person_or_client()?);
    let id: PrescriptionId = path_id("prescription", &request.prescription_id)?;
    let mut v = Violations::default();
    let inputs = request::inputs(&mut v, &request.lines);
    let (inputs,) = v.all((inputs,))?;

    let mut tx = app.db.begin(call).await?;
    let (now, keys) = (tx.now(), &app.context.keys);
    let locked = store::dispensing::lock_prescription(&mut tx, keys, id, pharmacy, now)
        .await?
        .ok_or(Error::not_found("prescription"))?;
    if locked.disputed {
        return Err(Refusal::VisitDisputed.into());
    }
    call.check_version(locked.prescription.version)?;
    if !locked.contracted {
        return Err(Refusal::NotContracted.into());
    }
    let known = |line: i16| locked.prescription.lines.iter().any(|it| it.number == line);
    let mut v = Violations::default();
    for (index, input) in inputs.iter().enumerate() {
        v.check(
            &format!("lines[{index}].lineNumber"),
            known(input.line),
            "must be a line of the prescription",
        );
    }
    v.finish()?;
    let (it, handed) = locked.prescription.dispense(&inputs, (pharmacy, now, locked.today))?;
    let mut all = store::dispensing::insert_dispensings(&mut tx, &it, person, &handed).await?;
    all.extend(handed);
    let dispensed = PrescriptionDispensed {
        prescription_id: id.to_string(),
        facility_id: pharmacy.to_string(),
        payer_id: it.payer.to_string(),
        member_id: it.member.to_string(),
    };
    record(&mut tx, Fact::new(dispensed).about(id.uuid(), it.version).of(pharmacy).also(it.payer));
    let (member, visit) = (Some(it.member), Some(it.visit));
    audit::note(
        &mut tx,
        call,
        AuditEntry { action: "prescription.dispense", member, visit, ..Default::default() },
    );
    let as_whom = if it.facility == pharmacy { Reader::Party } else { Reader::Pharmacy };
    let shown = view::prescription(&it, &all, locked.today, as_whom);
    tx.commit(DispensePrescriptionResponse { prescription: Some(shown) }).await
}

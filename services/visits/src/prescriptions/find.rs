//! Find a prescription by its number and the patient's: what a pharmacy is shown when a patient comes.

use careway_contract::visits::v1::{FindPrescriptionRequest, FindPrescriptionResponse};
use careway_kernel::{HumanNumber, MemberNumber, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{
    get::reader,
    store,
    view::{self, Reader},
};
use crate::{App, audit};

/// What numbers of prescriptions begin with.
pub(crate) const PREFIX: &str = "R";

pub(crate) async fn find_prescription(
    app: &App,
    call: &Call,
    request: FindPrescriptionRequest,
) -> Keyed<FindPrescriptionResponse> {
    let pharmacy = call.caller.facility()?;
    let mut v = Violations::default();
    let number = v.required("prescriptionNumber", request.prescription_number.as_str(), |text| {
        HumanNumber::parse(PREFIX, text)
    });
    let member_number = v.required("memberNumber", request.member_number.as_str(), MemberNumber::parse);
    let (number, member_number) = v.all((number, member_number))?;

    let mut tx = app.db.begin(call).await?;
    let (now, keys) = (tx.now(), &app.context.keys);
    let hash = keys.member_number_hash(&member_number);
    let id = store::open_prescription(&mut tx, pharmacy, &number.to_string(), &hash, now)
        .await?
        .ok_or(Error::not_found("prescription"))?;
    let found = store::find_prescription(&mut tx, keys, id, pharmacy, now)
        .await?
        .ok_or(Error::not_found("prescription"))?;
    reader(app, &found, pharmacy)?;
    let (it, member) = (&found.prescription, Some(found.prescription.member));
    let entry =
        AuditEntry { action: "prescription.find", member, visit: Some(it.visit), ..Default::default() };
    audit::note(&mut tx, call, entry);
    let shown = view::prescription(it, &found.dispensings, found.today, Reader::Pharmacy);
    tx.commit(FindPrescriptionResponse { prescription: Some(shown) }).await
}

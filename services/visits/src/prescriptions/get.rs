//! Read a prescription: the facility that issued it, a pharmacy that found it, the payer.

use careway_contract::visits::v1::{GetPrescriptionRequest, GetPrescriptionResponse};
use careway_kernel::{OrganizationId, PrescriptionId};
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{
    store::{self, Found},
    view::{self, Reader},
};
use crate::{App, visits::domain::refusal::Refusal};

pub(crate) async fn get_prescription(
    app: &App,
    call: &Call,
    request: GetPrescriptionRequest,
) -> Result<GetPrescriptionResponse> {
    let party = call.caller.organization()?;
    let id: PrescriptionId = path_id("prescription", &request.prescription_id)?;
    let found = {
        let mut reader = app.db.read(call).await?;
        let (keys, now) = (&app.context.keys, app.clock.now());
        store::find_prescription(&mut reader, keys, id, party, now)
            .await?
            .ok_or(Error::not_found("prescription"))?
    };
    let as_whom = reader(app, &found, party)?;
    let it = &found.prescription;
    let (member, visit) = (Some(it.member), Some(it.visit));
    app.audit
        .read(call, AuditEntry { action: "prescription.read", member, visit, ..Default::default() })
        .await?;
    let shown = view::prescription(it, &found.dispensings, found.today, as_whom);
    Ok(GetPrescriptionResponse { prescription: Some(shown) })
}

/// The payer always; the facility while the visit shows its patient; whoever found it as a pharmacy. The facility of a
/// disputed visit is no pharmacy for it either.
pub(crate) fn reader(app: &App, found: &Found, party: OrganizationId) -> Result<Reader> {
    let (now, grace) = (app.clock.now(), app.context.settings.grace());
    match found.access.map(|access| access.shows_member_to(party, now, grace)) {
        Some(Ok(())) => Ok(Reader::Party),
        Some(Err(Refusal::Disputed)) => Err(Refusal::Disputed.into()),
        _ if found.found => Ok(Reader::Pharmacy),
        refused => Err(refused.and_then(std::result::Result::err).unwrap_or(Refusal::Over).into()),
    }
}

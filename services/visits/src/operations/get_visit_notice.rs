//! What a message to the member says of a visit. Internal.

use careway_contract::visits::v1::{GetVisitNoticeRequest, GetVisitNoticeResponse};
use careway_kernel::VisitId;
use careway_service::{Call, Error, Result};

use crate::{App, store};

pub(crate) async fn get_visit_notice(
    app: &App,
    call: &Call,
    request: GetVisitNoticeRequest,
) -> Result<GetVisitNoticeResponse> {
    let id = VisitId::parse(&request.visit_id).map_err(|_| Error::not_found("visit"))?;
    let mut reader = app.db.read(call).await?;
    let visit = store::visit::find_any_visit(&mut reader, id).await?.ok_or(Error::not_found("visit"))?;
    let patient = visit.patient.as_ref().ok_or(Error::not_found("visit"))?;
    let facility_name =
        store::organization::find_name(&mut reader, visit.facility).await?.unwrap_or_default();
    Ok(GetVisitNoticeResponse {
        visit_id: id.to_string(),
        facility_name,
        visit_number: visit.admission.as_ref().map(|admission| admission.number.clone()).unwrap_or_default(),
        dispute_token: app.desk.keys.dispute_token(id).expose().to_owned(),
        service_date: visit.service_date.to_string(),
        member_id: patient.member.to_string(),
        payer_id: patient.payer.to_string(),
    })
}

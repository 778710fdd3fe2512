//! What messages say of a visit. Internal.

use careway_contract::visits::v1::{GetVisitNoticeRequest, GetVisitNoticeResponse};
use careway_kernel::VisitId;
use careway_service::{Call, Error, Result, path_id};

use super::store;
use crate::{App, organizations};

pub(crate) async fn get_visit_notice(
    app: &App,
    call: &Call,
    request: GetVisitNoticeRequest,
) -> Result<GetVisitNoticeResponse> {
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let mut reader = app.db.read(call).await?;
    let visit = store::find_any_visit(&mut reader, id).await?.ok_or(Error::not_found("visit"))?;
    let patient = visit.patient.as_ref().ok_or(Error::not_found("visit"))?;
    let facility_name =
        organizations::store::find_name(&mut reader, visit.facility).await?.unwrap_or_default();
    let payer_name = organizations::store::find_name(&mut reader, patient.payer).await?.unwrap_or_default();
    let admission = visit.admission.as_ref();
    let awaited =
        admission.and_then(|admission| admission.notice.as_ref()).filter(|it| it.given_at.is_none());
    let notice_due = match awaited {
        Some(notice) => {
            organizations::store::local_minute(&mut reader, visit.facility, notice.due_at).await?
        }
        None => String::new(),
    };
    Ok(GetVisitNoticeResponse {
        visit_id: id.to_string(),
        facility_name,
        visit_number: admission.map(|admission| admission.number.clone()).unwrap_or_default(),
        dispute_token: app.desk.keys.dispute_token(id).expose().to_owned(),
        service_date: visit.service_date.to_string(),
        member_id: patient.member.to_string(),
        payer_id: patient.payer.to_string(),
        payer_name,
        notice_due,
    })
}

//! What messages say of a visit.

use careway_contract::visits::v1::{GetNoticeRequest, GetNoticeResponse};
use careway_kernel::VisitId;
use careway_service::{Call, Error, Result};

use super::store;
use crate::{App, organizations};

pub(crate) async fn visit_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let id = VisitId::parse(&request.id).map_err(|_| Error::not_found("visit"))?;
    let mut reader = app.db.read(call).await?;
    let visit = store::find_any_visit(&mut reader, id).await?.ok_or(Error::not_found("visit"))?;
    let patient = visit.patient.as_ref().ok_or(Error::not_found("visit"))?;
    let facility = organizations::store::find_name(&mut reader, visit.facility).await?;
    let payer = organizations::store::find_name(&mut reader, patient.payer).await?;
    let admission = visit.admission.as_ref();
    let awaited = admission.and_then(|admission| admission.notice.as_ref());
    let due = match awaited.filter(|notice| notice.given_at.is_none()) {
        Some(notice) => {
            organizations::store::local_minute(&mut reader, visit.facility, notice.due_at).await?
        }
        None => String::new(),
    };
    let values = [
        ("facility", facility.unwrap_or_default()),
        ("payer", payer.unwrap_or_default()),
        ("number", admission.map(|admission| admission.number.clone()).unwrap_or_default()),
        ("dispute_token", app.context.keys.dispute_token(id).expose().to_owned()),
        // When the payer's notice of an inpatient's admission is due, unless it was given.
        ("due", due),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(GetNoticeResponse { state: String::new(), values })
}

//! What messages to members say of a prescription.

use careway_contract::visits::v1::{GetNoticeRequest, GetNoticeResponse};
use careway_kernel::{OrganizationId, PrescriptionId};
use careway_service::{Call, Error, Result};

use super::store;
use crate::{App, organizations};

pub(crate) async fn prescription_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let id = PrescriptionId::parse(&request.id).map_err(|_| Error::not_found("prescription"))?;
    let mut reader = app.db.read(call).await?;
    let notice = store::find_notice(&mut reader, id).await?;
    let (number, facility, expires_on) = notice.ok_or(Error::not_found("prescription"))?;
    let pharmacy = match OrganizationId::parse(&request.facility_id) {
        Ok(pharmacy) => organizations::store::find_name(&mut reader, pharmacy).await?,
        Err(_) => None,
    };
    let values = [
        ("facility", facility.unwrap_or_default()),
        ("pharmacy", pharmacy.unwrap_or_default()),
        ("number", number),
        ("until", expires_on.to_string()),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(GetNoticeResponse { state: String::new(), values })
}

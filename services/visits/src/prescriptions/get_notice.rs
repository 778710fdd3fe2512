//! What messages to members say of a prescription. Internal.

use careway_contract::visits::v1::{GetPrescriptionNoticeRequest, GetPrescriptionNoticeResponse};
use careway_kernel::{OrganizationId, PrescriptionId};
use careway_service::{Call, Error, Result, path_id};

use super::store;
use crate::{App, organizations};

pub(crate) async fn get_prescription_notice(
    app: &App,
    call: &Call,
    request: GetPrescriptionNoticeRequest,
) -> Result<GetPrescriptionNoticeResponse> {
    let id: PrescriptionId = path_id("prescription", &request.prescription_id)?;
    let mut reader = app.db.read(call).await?;
    let notice = store::find_notice(&mut reader, id).await?;
    let (prescription_number, facility_name, expires_on) = notice.ok_or(Error::not_found("prescription"))?;
    let pharmacy_name = match OrganizationId::parse(&request.pharmacy_id) {
        Ok(pharmacy) => organizations::store::find_name(&mut reader, pharmacy).await?.unwrap_or_default(),
        Err(_) => String::new(),
    };
    let (facility_name, expires_on) = (facility_name.unwrap_or_default(), expires_on.to_string());
    Ok(GetPrescriptionNoticeResponse { prescription_number, facility_name, expires_on, pharmacy_name })
}

//! What a message says of a pre-authorization. Internal.

use careway_contract::visits::v1::{GetPreauthorizationNoticeRequest, GetPreauthorizationNoticeResponse};
use careway_kernel::OrganizationId;
use careway_service::{Call, Error, Result};

use super::{request_parts::id, store};
use crate::App;

pub(crate) async fn get_preauthorization_notice(
    app: &App,
    call: &Call,
    request: GetPreauthorizationNoticeRequest,
) -> Result<GetPreauthorizationNoticeResponse> {
    let id = id(&request.preauthorization_id)?;
    let reader_id = OrganizationId::parse(&request.reader_id).ok();
    let mut reader = app.db.read(call).await?;
    let notice = store::find_notice(&mut reader, id, reader_id).await?;
    let notice = notice.ok_or(Error::not_found("pre-authorization"))?;
    Ok(GetPreauthorizationNoticeResponse {
        number: notice.number,
        state: notice.state,
        facility_name: notice.facility_name.unwrap_or_default(),
        payer_name: notice.payer_name.unwrap_or_default(),
        due: notice.due.unwrap_or_default(),
    })
}

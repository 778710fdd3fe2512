//! What messages say of a pre-authorization.

use careway_contract::visits::v1::{GetNoticeRequest, GetNoticeResponse};
use careway_kernel::OrganizationId;
use careway_service::{Call, Error, Result};

use super::{request_parts::id, store};
use crate::App;

pub(crate) async fn preauthorization_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let (id, reader_id) = (id(&request.id)?, OrganizationId::parse(&request.reader_id).ok());
    let mut reader = app.db.read(call).await?;
    let notice = store::find_notice(&mut reader, id, reader_id).await?;
    let notice = notice.ok_or(Error::not_found("pre-authorization"))?;
    let values = [
        ("facility", notice.facility_name.unwrap_or_default()),
        ("payer", notice.payer_name.unwrap_or_default()),
        ("number", notice.number),
        // When the payer's decision, or the facility's answer, is due.
        ("due", notice.due.unwrap_or_default()),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(GetNoticeResponse { state: notice.state, values })
}

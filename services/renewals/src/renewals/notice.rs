//! What messages to an agency's people say of a renewal that was taken back: never whose card it is.

use careway_contract::renewals::v1::{GetNoticeRequest, GetNoticeResponse};
use careway_kernel::RenewalId;
use careway_service::{Call, Error, Result, path_id};

use super::store;
use crate::App;

pub(crate) async fn renewal_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let id: RenewalId = path_id("renewal", &request.id)?;
    let mut reader = app.db.read(call).await?;
    let told = store::find_told(&mut reader, id).await?.ok_or(Error::not_found("renewal"))?;
    let values = [("authority", told.authority), ("receipt", told.receipt_number)];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(GetNoticeResponse { state: told.state, values, ..Default::default() })
}

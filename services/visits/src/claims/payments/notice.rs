//! What messages say of a payment advice.

use careway_contract::visits::v1::{GetNoticeRequest, GetNoticeResponse};
use careway_kernel::{Currency, Money, PaymentAdviceId};
use careway_service::{Call, Error, Result};

use super::store;
use crate::App;

pub(crate) async fn payment_advice_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let unknown = || Error::not_found("payment advice");
    let id = PaymentAdviceId::parse(&request.id).map_err(|_| unknown())?;
    let mut reader = app.db.read(call).await?;
    let notice = store::find_notice(&mut reader, id).await?.ok_or_else(unknown)?;
    let currency = Currency::parse(&notice.currency).map_err(Error::internal)?;
    let values = [
        ("facility", notice.facility_name.unwrap_or_default()),
        ("payer", notice.payer_name.unwrap_or_default()),
        ("number", notice.number),
        ("total", Money::new(currency, notice.total).to_string()),
        ("reference", notice.payment_reference.unwrap_or_default()),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(GetNoticeResponse { state: String::new(), values })
}

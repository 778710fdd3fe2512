//! What a message says of a payment advice. Internal.

use careway_contract::visits::v1::{GetPaymentAdviceNoticeRequest, GetPaymentAdviceNoticeResponse};
use careway_kernel::{Currency, PaymentAdviceId};
use careway_service::{Call, Error, Result};

use super::store;
use crate::{App, claims::view::amount};

pub(crate) async fn get_payment_advice_notice(
    app: &App,
    call: &Call,
    request: GetPaymentAdviceNoticeRequest,
) -> Result<GetPaymentAdviceNoticeResponse> {
    let unknown = || Error::not_found("payment advice");
    let id = PaymentAdviceId::parse(&request.payment_advice_id).map_err(|_| unknown())?;
    let mut reader = app.db.read(call).await?;
    let notice = store::find_notice(&mut reader, id).await?.ok_or_else(unknown)?;
    let currency = Currency::parse(&notice.currency).map_err(Error::internal)?;
    Ok(GetPaymentAdviceNoticeResponse {
        number: notice.number,
        facility_name: notice.facility_name.unwrap_or_default(),
        payer_name: notice.payer_name.unwrap_or_default(),
        total: amount(notice.total, currency),
        currency: notice.currency,
        payment_reference: notice.payment_reference.unwrap_or_default(),
    })
}

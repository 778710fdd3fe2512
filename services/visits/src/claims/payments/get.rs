//! Read a payment advice with the claims it names, line by line.

use careway_contract::visits::v1::{GetPaymentAdviceRequest, GetPaymentAdviceResponse};
use careway_kernel::PaymentAdviceId;
use careway_service::{Call, Error, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn get_payment_advice(
    app: &App,
    call: &Call,
    request: GetPaymentAdviceRequest,
) -> Result<GetPaymentAdviceResponse> {
    let party = call.caller.organization()?;
    let unknown = || Error::not_found("payment advice");
    let id = PaymentAdviceId::parse(&request.payment_advice_id).map_err(|_| unknown())?;
    let mut reader = app.db.read(call).await?;
    let advice = store::find_advice(&mut reader, party, id).await?.ok_or_else(unknown)?;
    let lines = store::list_lines(&mut reader, id).await?;
    Ok(GetPaymentAdviceResponse { payment_advice: Some(view::whole(&advice, &lines)) })
}

//! Mark a payment advice paid, and every claim it names that was not marked before.

use careway_contract::visits::v1::{MarkPaymentAdvicePaidRequest, MarkPaymentAdvicePaidResponse};
use careway_kernel::PaymentAdviceId;
use careway_service::{Call, Error, Keyed};
use uuid::Uuid;

use super::{payment_request, view};
use crate::{
    App,
    claims::{self, events, store},
};

pub(crate) async fn mark_payment_advice_paid(
    app: &App,
    call: &Call,
    request: MarkPaymentAdvicePaidRequest,
) -> Keyed<MarkPaymentAdvicePaidResponse> {
    let payer = call.caller.payer()?;
    let unknown = || Error::not_found("payment advice");
    let id = PaymentAdviceId::parse(&request.payment_advice_id).map_err(|_| unknown())?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let days =
        claims::payments::store::find_payment_days(&mut tx, payer, (Some(id.uuid()), None), now).await?;
    let payment = payment_request::payment(&request.reference, &request.paid_on, days)?;
    // Claims before the advice, as everywhere: paying the last of its claims pays the advice.
    let claims = store::lock_unpaid(&mut tx, payer, id).await?;
    let advice = claims::payments::store::lock_advice(&mut tx, payer, id).await?.ok_or_else(unknown)?;
    let advice = advice.pay(payment.clone())?;
    let mut paid = Vec::with_capacity(claims.len());
    for claim in claims {
        paid.push(claim.pay(payment.clone())?);
    }
    let ids: Vec<Uuid> = paid.iter().map(|claim| claim.id.uuid()).collect();
    let whole = claims::payments::store::update_paid(&mut tx, id, &ids, &payment).await?;
    for claim in &paid {
        events::paid(&mut tx, claim);
        events::note(&mut tx, call, claim, "claim.mark_paid");
    }
    if let Some(version) = whole {
        events::advice_paid(&mut tx, (id, version), (advice.facility, advice.payer));
    }
    let answer = view::listed(&advice);
    tx.commit(MarkPaymentAdvicePaidResponse { payment_advice: Some(answer) }).await
}

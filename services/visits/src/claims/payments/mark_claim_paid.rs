//! Mark one claim paid; the advice that names it is paid with its last claim.

use careway_contract::visits::v1::{MarkClaimPaidRequest, MarkClaimPaidResponse};
use careway_kernel::ClaimId;
use careway_service::{Call, Keyed, path_id};

use super::{payment_request, store};
use crate::{
    App,
    claims::{events, locked_head::locked_by, store::Locked, view},
};

pub(crate) async fn mark_claim_paid(
    app: &App,
    call: &Call,
    request: MarkClaimPaidRequest,
) -> Keyed<MarkClaimPaidResponse> {
    let payer = call.caller.payer()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let payment = payment_request::payment(&request.reference, &request.paid_on)?;

    let mut tx = app.db.begin(call).await?;
    let Locked { claim, today, .. } = locked_by(&mut tx, id, payer).await?;
    payment_request::made(&payment, today)?;
    let claim = claim.pay(payment.clone())?;
    events::paid(&mut tx, &claim);
    if let Some(advice) = claim.advice {
        let whole = store::update_paid(&mut tx, advice, &[id.uuid()], &payment).await?;
        if let Some(version) = whole {
            events::advice_paid(&mut tx, (advice, version), &claim);
        }
    }
    events::note(&mut tx, call, &claim, "claim.mark_paid");
    tx.commit(MarkClaimPaidResponse { claim: Some(view::listed(&claim)) }).await
}

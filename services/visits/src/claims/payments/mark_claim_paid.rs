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

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let days = store::find_payment_days(&mut tx, payer, (None, Some(id.uuid())), now).await?;
    let payment = payment_request::payment(&request.reference, &request.paid_on, days)?;
    let Locked { claim, .. } = locked_by(&mut tx, id, payer).await?;
    let claim = claim.pay(payment.clone())?;
    events::paid(&mut tx, &claim);
    if let Some(advice) = claim.advice {
        let whole = store::update_paid(&mut tx, advice, &[id.uuid()], &payment).await?;
        if let Some(version) = whole {
            let parties = (claim.visit.facility, claim.visit.payer);
            events::advice_paid(&mut tx, (advice, version), parties);
        }
    }
    events::note(&mut tx, call, &claim, "claim.mark_paid");
    tx.commit(MarkClaimPaidResponse { claim: Some(view::listed(&claim)) }).await
}

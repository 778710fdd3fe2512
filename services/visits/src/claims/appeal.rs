//! Appeal a claim: the facility asks the payer to look at its decision again.

use careway_contract::visits::v1::{AppealClaimRequest, AppealClaimResponse};
use careway_kernel::{ClaimId, Violations};
use careway_service::{Call, Keyed, path_id};

use super::{
    events,
    locked_head::locked_of,
    store::{self, Locked},
    view, write,
};
use crate::{App, documents, seal::Column, texts::Statement};

pub(crate) async fn appeal_claim(
    app: &App,
    call: &Call,
    request: AppealClaimRequest,
) -> Keyed<AppealClaimResponse> {
    let facility = call.caller.facility()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let mut v = Violations::default();
    let reason = v.required("reason", request.reason.as_str(), Statement::parse);
    let documents = documents::citations::parse(&mut v, &request.document_ids);
    let (reason, documents) = v.all((reason, documents))?;

    let mut tx = app.db.begin(call).await?;
    let Locked { claim, today, .. } = locked_of(&mut tx, id, facility).await?;
    let sealed = app.context.keys.seal(Column::ClaimAppeal, id, reason.as_str().as_bytes())?;
    let claim = claim.appeal(tx.now(), today, sealed, documents.clone())?;
    store::save::update_claim(&mut tx, &claim).await?;
    write::cite(&mut tx, &claim, &documents).await?;
    events::appealed(&mut tx, &claim);
    events::note(&mut tx, call, &claim, "claim.appeal");
    tx.commit(AppealClaimResponse { claim: Some(view::listed(&claim)) }).await
}

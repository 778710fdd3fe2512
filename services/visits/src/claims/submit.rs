//! Submit a draft; the rules decide, or leave it to a reviewer.

use careway_contract::visits::v1::{SubmitClaimRequest, SubmitClaimResponse};
use careway_kernel::ClaimId;
use careway_service::{Call, Error, Result};

use super::{locked::ClaimDesk, store::update::update_head, view, write};
use crate::{App, callers::facility, documents};

pub(crate) async fn submit_claim(
    app: &App,
    call: &Call,
    request: SubmitClaimRequest,
) -> Result<SubmitClaimResponse> {
    let facility = facility(call)?;
    let id = ClaimId::parse(&request.claim_id).map_err(|_| Error::not_found("claim"))?;

    let mut tx = app.db.begin(call).await?;
    let ClaimDesk { claim, mut lines, desk } =
        ClaimDesk::of_facility(app, &mut tx, (id, facility), None).await?;
    let (claim, postings) = write::submitted(&desk, &mut tx, claim, &mut lines).await?;
    let place = &desk.care.facts.place;
    let head = update_head(&claim, None);
    write::keep(app, &mut tx, head, &claim, place, (&lines, &[], &postings)).await?;
    documents::citations::cite_by_claim(&mut tx, &claim, &claim.documents).await?;
    write::tell_submitted(&mut tx, call, &claim);
    let lines: Vec<_> = lines.into_iter().map(Into::into).collect();
    let claim = view::whole(&app.desk.keys, &claim, &lines)?;
    tx.commit(SubmitClaimResponse { claim: Some(claim) }).await
}

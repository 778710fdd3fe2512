//! Read a claim with its lines and every decision that was made of them; never unaudited.

use careway_contract::visits::v1::{GetClaimRequest, GetClaimResponse};
use careway_kernel::ClaimId;
use careway_service::{Call, Error, Result};

use super::claim_telling;
use crate::{App, api::claim_view, store};

pub(crate) async fn get_claim(app: &App, call: &Call, request: GetClaimRequest) -> Result<GetClaimResponse> {
    let party = call.caller.organization()?;
    let id = ClaimId::parse(&request.claim_id).map_err(|_| Error::not_found("claim"))?;
    let (claim, lines) = {
        let mut reader = app.db.read(call).await?;
        let claim = store::claim::find_claim(&mut reader, id, party).await?;
        let claim = claim.ok_or(Error::not_found("claim"))?;
        let lines = store::claim_care::list_claim_lines(&mut reader, &app.desk.keys, id).await?;
        (claim, lines)
    };
    app.audit.read(call, claim_telling::entry(&claim, "claim.read")).await?;
    let lines = claim_view::by_position(lines);
    Ok(GetClaimResponse { claim: Some(claim_view::whole(&app.desk.keys, &claim, &lines)?) })
}

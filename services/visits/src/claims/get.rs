//! Read a claim with its lines and every decision that was made of them; never unaudited.

use careway_contract::visits::v1::{GetClaimRequest, GetClaimResponse};
use careway_kernel::ClaimId;
use careway_service::{Call, Error, Result, path_id};

use super::{events, store, view};
use crate::App;

pub(crate) async fn get_claim(app: &App, call: &Call, request: GetClaimRequest) -> Result<GetClaimResponse> {
    let party = call.caller.organization()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let (claim, lines) = {
        let mut reader = app.db.read(call).await?;
        let claim = store::find_claim(&mut reader, id, party).await?;
        let claim = claim.ok_or(Error::not_found("claim"))?;
        let lines = store::context::list_claim_lines(&mut reader, &app.context.keys, id).await?;
        (claim, lines)
    };
    app.audit.read(call, events::entry(&claim, "claim.read")).await?;
    let lines = view::by_position(lines);
    Ok(GetClaimResponse { claim: Some(view::whole(&app.context.keys, &claim, &lines)?) })
}

//! What a message to the member says of a claim. Internal.

use careway_contract::visits::v1::{GetClaimNoticeRequest, GetClaimNoticeResponse};
use careway_kernel::ClaimId;
use careway_service::{Call, Error, Result, path_id};

use super::{
    store,
    view::{self, amount},
};
use crate::{App, organizations};

pub(crate) async fn get_claim_notice(
    app: &App,
    call: &Call,
    request: GetClaimNoticeRequest,
) -> Result<GetClaimNoticeResponse> {
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let mut reader = app.db.read(call).await?;
    let claim = store::find_any_claim(&mut reader, id).await?.ok_or(Error::not_found("claim"))?;
    let visit = &claim.visit;
    let facility_name =
        organizations::store::find_name(&mut reader, visit.facility).await?.unwrap_or_default();
    let payer_name = organizations::store::find_name(&mut reader, visit.payer).await?.unwrap_or_default();
    let amounts = claim.amounts.unwrap_or_default();
    Ok(GetClaimNoticeResponse {
        claim_id: id.to_string(),
        facility_name,
        payer_name,
        state: view::state(claim.state).into(),
        payer_part: amount(amounts.payer, claim.currency),
        patient_part: amount(amounts.patient(), claim.currency),
        currency: claim.currency.code().to_owned(),
        dispute_token: app.desk.keys.dispute_token(visit.id).expose().to_owned(),
        explanation_token: app.desk.keys.explanation_token(id).expose().to_owned(),
        visit_id: visit.id.to_string(),
        member_id: visit.member.to_string(),
        payer_id: visit.payer.to_string(),
        claim_number: claim.number,
    })
}

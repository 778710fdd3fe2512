//! Read the rules of a payer that the caller has, or had, a contract with.

use careway_contract::visits::v1::{GetPayerClaimRulesRequest, GetPayerClaimRulesResponse};
use careway_kernel::OrganizationId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::{App, contracts};

pub(crate) async fn get_payer_claim_rules(
    app: &App,
    call: &Call,
    request: GetPayerClaimRulesRequest,
) -> Result<GetPayerClaimRulesResponse> {
    let party = call.caller.organization()?;
    let payer: OrganizationId = path_id("payer", &request.payer_id)?;
    let mut reader = app.db.read(call).await?;
    if party != payer && !contracts::store::is_contracted(&mut reader, payer, party).await? {
        return Err(Error::not_found("payer"));
    }
    let rules = store::find_claim_rules(&mut reader, payer).await?.unwrap_or_default();
    Ok(GetPayerClaimRulesResponse { rules: Some(view::rules(&rules)) })
}

//! Read a payer's own rules for pre-authorizations and claims.

use careway_contract::visits::v1::{GetClaimRulesRequest, GetClaimRulesResponse};
use careway_service::{Call, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn get_claim_rules(
    app: &App,
    call: &Call,
    _: GetClaimRulesRequest,
) -> Result<GetClaimRulesResponse> {
    let payer = call.caller.payer()?;
    let mut reader = app.db.read(call).await?;
    let rules = store::find_claim_rules(&mut reader, payer).await?.unwrap_or_default();
    Ok(GetClaimRulesResponse { rules: Some(view::rules(&rules)) })
}

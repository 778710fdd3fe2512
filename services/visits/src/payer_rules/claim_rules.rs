//! Read and set a payer's own rules for pre-authorizations and claims.

use careway_contract::visits::v1::{
    GetClaimRulesRequest, GetClaimRulesResponse, GetPayerClaimRulesRequest, GetPayerClaimRulesResponse,
    SetClaimRulesRequest, SetClaimRulesResponse,
};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Error, Kind, Result};

use super::{domain::ClaimRules, store, view};
use crate::{App, callers::payer, contracts};

pub(crate) async fn get_claim_rules(
    app: &App,
    call: &Call,
    _: GetClaimRulesRequest,
) -> Result<GetClaimRulesResponse> {
    let payer = payer(call)?;
    let mut reader = app.db.read(call).await?;
    let rules = store::find_claim_rules(&mut reader, payer).await?.unwrap_or_default();
    Ok(GetClaimRulesResponse { rules: Some(view::rules(&rules)) })
}

pub(crate) async fn set_claim_rules(
    app: &App,
    call: &Call,
    request: SetClaimRulesRequest,
) -> Result<SetClaimRulesResponse> {
    let payer = payer(call)?;
    let mut v = Violations::default();
    let rules = view::parse(&mut v, &request.rules.unwrap_or_default());
    let (rules,) = v.all((rules,))?;
    let known = call.expected_version()?;
    let rules = ClaimRules { version: known + 1, ..rules };
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    if !store::upsert_claim_rules(&mut tx, payer, &rules, now).await? {
        return Err(Error::new(Kind::Stale, "STALE_VERSION", "It changed since you read it; read it again."));
    }
    tx.audit(AuditEntry { action: "claim_rules.set", ..Default::default() });
    tx.commit(SetClaimRulesResponse { rules: Some(view::rules(&rules)) }).await
}

pub(crate) async fn get_payer_claim_rules(
    app: &App,
    call: &Call,
    request: GetPayerClaimRulesRequest,
) -> Result<GetPayerClaimRulesResponse> {
    let party = call.caller.organization()?;
    let payer = OrganizationId::parse(&request.payer_id).map_err(|_| Error::not_found("payer"))?;
    let mut reader = app.db.read(call).await?;
    if party != payer && !contracts::store::is_contracted(&mut reader, payer, party).await? {
        return Err(Error::not_found("payer"));
    }
    let rules = store::find_claim_rules(&mut reader, payer).await?.unwrap_or_default();
    Ok(GetPayerClaimRulesResponse { rules: Some(view::rules(&rules)) })
}

//! Set a payer's own rules for pre-authorizations and claims.

use careway_contract::visits::v1::{SetClaimRulesRequest, SetClaimRulesResponse};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{domain::ClaimRules, store, view};
use crate::App;

pub(crate) async fn set_claim_rules(
    app: &App,
    call: &Call,
    request: SetClaimRulesRequest,
) -> Keyed<SetClaimRulesResponse> {
    let payer = call.caller.payer()?;
    let mut v = Violations::default();
    let rules = view::parse(&mut v, &request.rules.unwrap_or_default());
    let (rules,) = v.all((rules,))?;
    let known = call.expected_version()?;
    let rules = ClaimRules { version: known + 1, ..rules };
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    if !store::upsert_claim_rules(&mut tx, payer, &rules, now).await? {
        return Err(Error::stale().into());
    }
    tx.audit(AuditEntry { action: "claim_rules.set", ..Default::default() });
    tx.commit(SetClaimRulesResponse { rules: Some(view::rules(&rules)) }).await
}

//! Explain a decided claim: who pays what, and why.

use careway_contract::visits::v1::{
    ClaimExplanation, GetClaimExplanationRequest, GetClaimExplanationResponse,
};
use careway_kernel::{ClaimId, Language, Violations};
use careway_service::{Call, Error, Result, path_id};
use sqlx::PgConnection;

use super::{
    domain::{Claim, refusal::ClaimRefusal},
    events,
    explanation_view::{Explained, explanation},
    store,
};
use crate::{App, organizations, service_lines};

pub(crate) async fn get_claim_explanation(
    app: &App,
    call: &Call,
    request: GetClaimExplanationRequest,
) -> Result<GetClaimExplanationResponse> {
    let party = call.caller.organization()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let mut v = Violations::default();
    let language = call.language(&mut v, &request.language);
    let (language,) = v.all((language,))?;
    let (claim, explanation) = {
        let mut reader = app.db.read(call).await?;
        let claim = store::find_claim(&mut reader, id, party).await?;
        let claim = claim.ok_or(Error::not_found("claim"))?;
        let explanation = explain(app, &mut reader, &claim, language).await?;
        (claim, explanation)
    };
    app.audit.read(call, events::entry(&claim, "claim.explanation")).await?;
    Ok(GetClaimExplanationResponse { explanation: Some(explanation) })
}

/// The explanation of a claim, once it is decided.
pub(crate) async fn explain(
    app: &App,
    conn: &mut PgConnection,
    claim: &Claim,
    language: Language,
) -> Result<ClaimExplanation> {
    if !claim.state.is_decided() {
        return Err(ClaimRefusal::NotDecided.into());
    }
    let facility_name =
        organizations::store::find_name(conn, claim.visit.facility).await?.unwrap_or_default();
    let lines = store::context::list_claim_lines(conn, &app.context.keys, claim.id).await?;
    let names = store::context::find_line_names(conn, claim.id, language).await?;
    let named = |line: service_lines::domain::ServiceLine| {
        let name = names.get(&line.id).cloned().unwrap_or_else(|| line.asked.code.clone());
        (line, name)
    };
    let lines: Vec<_> = lines.into_iter().filter(|line| line.replaced_by.is_none()).map(named).collect();
    Ok(explanation(&Explained { claim, facility_name, lines: &lines }, language))
}

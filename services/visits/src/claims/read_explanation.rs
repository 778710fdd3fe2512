//! Explain a claim to the member, who has nothing but the token of the link in the SMS.

use careway_contract::visits::v1::{ReadClaimExplanationRequest, ReadClaimExplanationResponse};
use careway_kernel::{ClaimId, Violations};
use careway_service::{Call, Error, Result};
use sqlx::PgConnection;

use super::{events, get_explanation::explain, store};
use crate::App;

pub(crate) async fn read_claim_explanation(
    app: &App,
    call: &Call,
    request: ReadClaimExplanationRequest,
) -> Result<ReadClaimExplanationResponse> {
    let mut v = Violations::default();
    let language = call.language(&mut v, &request.language);
    v.check("token", !request.token.trim().is_empty(), "is required");
    let (language,) = v.all((language,))?;
    let unknown = || Error::not_found("explanation");
    let (claim, explanation) = {
        // The link is all the member has: nobody's token to see the row with.
        let mut reader = app.db.read(&Call::system("claims.explanation")).await?;
        let id = explained(app, &mut reader, &request.token).await?.ok_or_else(unknown)?;
        let claim = store::find_any_claim(&mut reader, id).await?.ok_or_else(unknown)?;
        // A claim that is not decided, or was taken back, is nothing to the member.
        if !claim.state.is_decided() {
            return Err(unknown());
        }
        let explanation = explain(app, &mut reader, &claim, language).await?;
        (claim, explanation)
    };
    app.audit.read(call, events::entry(&claim, "claim.explanation")).await?;
    Ok(ReadClaimExplanationResponse { explanation: Some(explanation) })
}

/// The claim that a token names: its own, or that of the visit, whose claim decided last is meant.
async fn explained(app: &App, conn: &mut PgConnection, token: &str) -> Result<Option<ClaimId>> {
    if let Some(claim) = app.context.keys.explained_claim(token) {
        return Ok(Some(claim));
    }
    match app.context.keys.disputed_visit(token) {
        Some(visit) => store::find_decided_claim(conn, visit).await,
        None => Ok(None),
    }
}

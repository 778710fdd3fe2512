//! Give the second factor up, with one of its codes.

use careway_contract::identity::v1::{DisableTotpRequest, DisableTotpResponse};
use careway_service::{Call, Error, Result};

use super::{check::take, store};
use crate::{App, accounts::domain::refusal::Refusal};

pub(crate) async fn disable_totp(
    app: &App,
    call: &Call,
    request: DisableTotpRequest,
) -> Result<DisableTotpResponse> {
    let account = call.caller.account()?;
    if request.code.trim().is_empty() {
        return Err(Error::violation("code", "is required"));
    }
    let guess = app.throttle.count("totp", &account.to_string(), call.client_ip).await?;

    let mut tx = app.db.begin_for(call, "second factor").await?;
    let factor = store::lock_second_factor(&mut tx, account).await?;
    let factor = factor.filter(|factor| factor.confirmed_at.is_some()).ok_or(Refusal::TotpNotEnrolled)?;
    take(app, &mut tx, account, &factor.sealed_secret, factor.last_step, &request.code).await?;
    store::delete_second_factor(&mut tx, account).await?;
    tx.finish().await?;
    app.throttle.forgive(&guess).await;
    Ok(DisableTotpResponse {})
}

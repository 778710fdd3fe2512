//! Confirm a second factor: its first code is right, so the app has the secret. Recovery codes are shown now, once.

use careway_contract::identity::v1::{ConfirmTotpRequest, ConfirmTotpResponse};
use careway_service::{Call, Error, Result};

use super::{check::open, domain::RecoveryCode, store};
use crate::{App, accounts::domain::refusal::Refusal};

pub(crate) async fn confirm_totp(
    app: &App,
    call: &Call,
    request: ConfirmTotpRequest,
) -> Result<ConfirmTotpResponse> {
    let account = call.caller.account()?;
    if request.code.trim().is_empty() {
        return Err(Error::violation("code", "is required"));
    }
    let guess = app.throttle.count("totp", &account.to_string(), call.client_ip).await?;

    let mut tx = app.db.begin_for(call, "second factor").await?;
    let now = tx.now();
    let factor = store::lock_second_factor(&mut tx, account).await?.ok_or(Refusal::TotpNotEnrolled)?;
    if factor.confirmed_at.is_some() {
        return Err(Refusal::TotpAlreadyEnabled.into());
    }
    let secret = open(app, account, &factor.sealed_secret)?;
    let step = secret.check(&request.code, now, factor.last_step).ok_or(Refusal::TotpRejected)?;
    let codes = RecoveryCode::generate();
    let digests: Vec<_> =
        codes.iter().map(|code| app.data_keys.recovery_code(account.uuid(), code.expose())).collect();
    store::update_confirmed(&mut tx, account, step, &digests, now).await?;
    tx.finish().await?;
    app.throttle.forgive(&guess).await;
    Ok(ConfirmTotpResponse { recovery_codes: codes.iter().map(RecoveryCode::show).collect() })
}

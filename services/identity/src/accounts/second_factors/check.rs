//! Checking a second factor, for signing in and for giving it up.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use careway_kernel::AccountId;
use careway_service::{Error, Result, Transaction};
use zeroize::Zeroizing;

use super::{
    domain::{RecoveryCode, TotpSecret},
    store,
};
use crate::{App, accounts::domain::refusal::Refusal, data_keys::Place};

/// The secret as it is kept.
pub(crate) fn seal(app: &App, account: AccountId, secret: &TotpSecret) -> Vec<u8> {
    let text = Zeroizing::new(STANDARD_NO_PAD.encode(secret.as_bytes()));
    app.data_keys.seal(place(account), &text)
}

/// The secret as it was.
pub(crate) fn open(app: &App, account: AccountId, sealed: &[u8]) -> Result<TotpSecret> {
    let text = Zeroizing::new(app.data_keys.open(place(account), sealed).map_err(Error::internal)?);
    Ok(TotpSecret::from_bytes(STANDARD_NO_PAD.decode(text.as_bytes()).map_err(Error::internal)?))
}

fn place(account: AccountId) -> Place {
    Place::new("totp", "sealed_secret", account.uuid())
}

/// Takes a code of the app or a recovery code; each is good once, also when two come at the same time.
pub(crate) async fn take(
    app: &App,
    tx: &mut Transaction,
    account: AccountId,
    sealed: &[u8],
    last_step: Option<i64>,
    code: &str,
) -> Result<()> {
    let now = tx.now();
    let taken = if let Some(code) = RecoveryCode::parse(code) {
        let digest = app.data_keys.recovery_code(account.uuid(), code.expose());
        store::update_recovery_code_taken(tx, account, &digest, now).await?
    } else {
        match open(app, account, sealed)?.check(code, now, last_step) {
            Some(step) => store::update_step_taken(tx, account, step).await?,
            None => false,
        }
    };
    if taken { Ok(()) } else { Err(Refusal::TotpRejected.into()) }
}

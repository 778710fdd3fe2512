//! Begin a second factor: a secret that does not count until its first code is right.

use careway_contract::identity::v1::{EnrollTotpRequest, EnrollTotpResponse};
use careway_service::{Call, Error, Result};

use super::{check::seal, domain::TotpSecret};
use crate::{
    App,
    accounts::{self, domain::refusal::Refusal, store},
};

pub(crate) async fn enroll_totp(
    app: &App,
    call: &Call,
    _request: EnrollTotpRequest,
) -> Result<EnrollTotpResponse> {
    let account = call.caller.account()?;
    let secret = TotpSecret::generate();
    let mut tx = app.db.begin_for(call, "second factor").await?;
    let email = store::credentials::get_email(&mut tx, account).await?;
    let now = tx.now();
    if !accounts::second_factors::store::insert_unconfirmed(
        &mut tx,
        account,
        &seal(app, account, &secret),
        now,
    )
    .await?
    {
        return Err(Refusal::TotpAlreadyEnabled.into());
    }
    tx.finish().await?;
    let (text, uri) = secret.provisioning(&email).map_err(Error::internal)?;
    Ok(EnrollTotpResponse { secret: text.expose().to_owned(), otpauth_uri: uri.expose().to_owned() })
}

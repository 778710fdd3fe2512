//! Choose a new password by the link: every session of the account ends.

use careway_contract::identity::v1::{CompletePasswordResetRequest, CompletePasswordResetResponse};
use careway_kernel::Violations;
use careway_service::{Call, Result, Subject};

use super::store;
use crate::{
    App,
    accounts::{
        self,
        domain::{password::Password, refusal::Refusal},
    },
    opaque_token,
    revocations::{self, domain::EndReason, store::Which},
};

pub(crate) async fn complete_password_reset(
    app: &App,
    call: &Call,
    request: CompletePasswordResetRequest,
) -> Result<CompletePasswordResetResponse> {
    let mut v = Violations::default();
    let digest =
        v.required("token", request.token.as_str(), |token| Ok::<_, Refusal>(opaque_token::digest(token)));
    let password = v.required("password", request.password.as_str(), Password::parse);
    let (digest, password) = v.all((digest, password))?;

    // The link is judged before the work of hashing a password.
    let mut reader = app.db.read(&Call::system("password reset")).await?;
    let known = store::find_by_token(&mut reader, &digest, app.clock.now()).await?;
    drop(reader);
    known.ok_or(Refusal::LinkRejected)?;
    let hash = app.passwords.hash(password).await?;

    let mut tx = app.db.begin_for(call, "password reset").await?;
    let now = tx.now();
    let account = store::delete_by_token(&mut tx, &digest, now).await?.ok_or(Refusal::LinkRejected)?;
    accounts::store::credentials::update_password(&mut tx, account, &hash, now).await?;
    let ended =
        revocations::end_sessions(&mut tx, Which::Account(account), EndReason::PasswordReset, now).await?;
    tx.done_by(Subject::Account(account), None);
    tx.finish().await?;
    revocations::announce(app, ended).await;
    Ok(CompletePasswordResetResponse {})
}

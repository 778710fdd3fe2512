//! Ask for a link to choose a new password. The answer comes before anything is looked up: it tells nothing.

use careway_contract::identity::v1::{RequestPasswordResetRequest, RequestPasswordResetResponse};
use careway_kernel::{Email, Violations};
use careway_service::{AuditEntry, Call, Result};

use crate::{
    App,
    accounts::{self, invitations::domain::RESET_LIFETIME, store},
    opaque_token, organizations,
};

pub(crate) async fn request_password_reset(
    app: &App,
    call: &Call,
    request: RequestPasswordResetRequest,
) -> Result<RequestPasswordResetResponse> {
    let mut v = Violations::default();
    let email = v.required("email", request.email.as_str(), Email::parse);
    let (email,) = v.all((email,))?;
    app.throttle.count("reset", email.as_str(), call.client_ip).await?;

    let later = app.clone();
    app.foundation.tasks.spawn(async move {
        if let Err(error) = send_link(&later, &email).await {
            tracing::error!(%error, "a password reset could not be sent");
        }
    });
    Ok(RequestPasswordResetResponse {})
}

async fn send_link(app: &App, email: &Email) -> Result<()> {
    let mut tx = app.db.begin_system("password reset").await?;
    let Some(account) = store::credentials::find_by_email(&mut tx, email).await? else { return Ok(()) };
    let workplaces = store::list_workplaces(&mut tx, account).await?;
    let Some(first) = organizations::store::list_by_ids(&mut tx, &workplaces).await?.into_iter().next()
    else {
        return Ok(());
    };
    let (secret, digest) = opaque_token::generate();
    let now = tx.now();
    let expires_at = now + RESET_LIFETIME;
    accounts::password_resets::store::insert_password_reset(&mut tx, account, &digest, expires_at, now)
        .await?;
    tx.audit(AuditEntry {
        action: "password_reset.request",
        entity: Some(account.uuid()),
        ..AuditEntry::default()
    });
    tx.finish().await?;
    // Lost with the process, the mail is asked for again by its reader, who waits for it.
    app.mail.reset_password(&first, email, &secret, expires_at).await
}

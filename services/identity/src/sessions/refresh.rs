//! Get the next tokens. Each refresh token is good once; one that comes again is a copy, and the session ends.

use careway_contract::identity::v1::{RefreshSessionRequest, RefreshSessionResponse};
use careway_kernel::Violations;
use careway_service::{Call, Result, Subject, Transaction, timestamp};

use super::{
    create::grant,
    domain::{Refresh, Session, refusal::Refusal},
    signing_keys, store,
};
use crate::{
    App,
    accounts::{self, domain::Account},
    opaque_token,
    organizations::{
        self,
        domain::{Organization, Status},
    },
    revocations::{self, Revoked, domain::EndReason},
};

pub(crate) async fn refresh_session(
    app: &App,
    call: &Call,
    request: RefreshSessionRequest,
) -> Result<RefreshSessionResponse> {
    let mut v = Violations::default();
    let used = v.required("refreshToken", request.refresh_token.as_str(), |text| {
        Ok::<_, Refusal>(opaque_token::digest(text))
    });
    let (used,) = v.all((used,))?;

    let mut tx = app.db.begin_for(call, "refresh").await?;
    let now = tx.now();
    let (session, was_used) = store::lock_by_token(&mut tx, &used).await?.ok_or(Refusal::SessionEnded)?;
    let session = match session.clone().refresh(was_used, app.config.lifetimes(), now) {
        Refresh::Next(session) => session,
        Refresh::Reused => return end(app, tx, session, EndReason::TokenReused).await,
        Refresh::Over => return Err(Refusal::SessionEnded.into()),
    };
    let Some((organization, member)) = workplace(&mut tx, &session).await? else {
        return end(app, tx, session, EndReason::Disabled).await;
    };
    let (refresh_token, next) = opaque_token::generate();
    store::update_refreshed(&mut tx, &session, &used, &next, now).await?;
    tx.done_by(Subject::Account(session.account), Some(session.organization));
    tx.finish().await?;

    let grant = grant(&session, &organization, &member);
    let permissions = grant.permissions.clone();
    let access = signing_keys::keyring::issue(app, grant)?;
    Ok(RefreshSessionResponse {
        access_token: access.token.expose().to_owned(),
        expires_in_seconds: access.expires_in_seconds,
        expires_at: Some(timestamp(access.expires_at)),
        refresh_token: refresh_token.expose().to_owned(),
        refresh_expires_at: Some(timestamp(session.idle_expires_at)),
        roles: member.roles,
        permissions,
    })
}

/// The organization and the person's place in it, while both are active.
pub(crate) async fn workplace(
    tx: &mut Transaction,
    session: &Session,
) -> Result<Option<(Organization, Account)>> {
    let organization = organizations::store::find_organization(tx, session.organization).await?;
    let member = accounts::store::find_account(tx, session.organization, session.account).await?;
    Ok(organization
        .filter(|organization| organization.status == Status::Active)
        .zip(member.filter(|member| member.status == accounts::domain::Status::Active)))
}

/// Commits the end, then refuses: the end must hold although the request is refused.
async fn end<T>(app: &App, mut tx: Transaction, session: Session, reason: EndReason) -> Result<T> {
    let ended = session.end(reason, tx.now());
    store::update_ended(&mut tx, &ended).await?;
    revocations::record_ended(&mut tx, ended.ended(reason));
    tx.finish().await?;
    if reason == EndReason::TokenReused {
        tracing::warn!(session = %ended.id, "a used refresh token was presented again; the session ended");
    }
    revocations::announce(app, [Revoked::Session(ended.id)]).await;
    Err(Refusal::SessionEnded.into())
}

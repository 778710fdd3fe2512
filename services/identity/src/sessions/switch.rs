//! Go on in another organization: a new session of the same sign-in, the old one ends.

use careway_contract::identity::v1::{SwitchSessionRequest, SwitchSessionResponse};
use careway_kernel::{OrganizationId, SessionId, Violations};
use careway_service::{Call, Error, Result, timestamp};

use super::{create::grant, domain::refusal::Refusal, refresh::workplace, signing_keys, store};
use crate::{
    App, opaque_token,
    organizations::{domain::View, view::message},
    revocations::{self, Revoked, domain::EndReason},
};

pub(crate) async fn switch_session(
    app: &App,
    call: &Call,
    request: SwitchSessionRequest,
) -> Result<SwitchSessionResponse> {
    call.caller.account()?;
    let current = call.caller.session.ok_or(Refusal::SessionEnded)?;
    let mut v = Violations::default();
    let wanted = v.required("organizationId", request.organization_id.as_str(), OrganizationId::parse);
    let (wanted,) = v.all((wanted,))?;

    let mut tx = app.db.begin_for(call, "switch").await?;
    let now = tx.now();
    let session = store::lock_session(&mut tx, current).await?;
    let session = session.filter(|session| session.lives(now)).ok_or(Refusal::SessionEnded)?;
    let next = session.switched(SessionId::new(&app.clock), wanted, app.config.lifetimes(), now);
    let (organization, member) =
        workplace(&mut tx, &next).await?.ok_or_else(|| Error::not_found("organization"))?;
    let (refresh_token, digest) = opaque_token::generate();
    store::insert_session(&mut tx, &next, &digest).await?;
    let ended = session.end(EndReason::Switched, now);
    store::update_ended(&mut tx, &ended).await?;
    revocations::record_ended(&mut tx, ended.ended(EndReason::Switched));
    tx.finish().await?;
    revocations::announce(app, [Revoked::Session(ended.id)]).await;

    let grant = grant(&next, &organization, &member);
    let permissions = grant.permissions.clone();
    let access = signing_keys::keyring::issue(app, grant)?;
    Ok(SwitchSessionResponse {
        access_token: access.token.expose().to_owned(),
        expires_in_seconds: access.expires_in_seconds,
        expires_at: Some(timestamp(access.expires_at)),
        refresh_token: refresh_token.expose().to_owned(),
        refresh_expires_at: Some(timestamp(next.idle_expires_at)),
        organization: Some(message(&organization, View::Whole)),
        roles: member.roles,
        permissions,
    })
}

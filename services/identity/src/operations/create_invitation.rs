//! Invite a person: an administrator names address and roles, the person gets a link.

use careway_contract::identity::v1::{CreateInvitationRequest, CreateInvitationResponse};
use careway_kernel::{AccountId, Email, InvitationId, Names, Violations};
use careway_service::{Call, Error, Result, Transaction};

use super::{
    account_message::{kind_of, parse_roles},
    member_message::timestamp,
};
use crate::{
    App,
    domain::{
        account::Grantor,
        invitation::{Invitation, LIFETIME},
        token,
    },
    error::Refusal,
    store,
};

pub(crate) async fn create_invitation(
    app: &App,
    call: &Call,
    request: CreateInvitationRequest,
) -> Result<CreateInvitationResponse> {
    let (tx, invitation) = invite(app, call, &request.email, &request.name, &request.roles).await?;
    tx.commit(CreateInvitationResponse {
        account_id: invitation.account.to_string(),
        expires_at: Some(timestamp(invitation.expires_at)),
    })
    .await
}

/// Sends the link and keeps the invitation, not committed yet. Nothing here looks beyond the caller's organization, so
/// nothing tells whether the address is known elsewhere.
pub(crate) async fn invite(
    app: &App,
    call: &Call,
    email: &str,
    name: &str,
    roles: &[String],
) -> Result<(Transaction, Invitation)> {
    let kind = kind_of(call)?;
    let mut v = Violations::default();
    let email = v.required("email", email, Email::parse);
    let name = v.required("name", name, Names::parse);
    let roles = parse_roles(&mut v, kind, roles);
    let (email, name, roles) = v.all((email, name, roles))?;
    Grantor { kind, holds: &|permission| call.caller.may(permission) }.may_change(&[], roles.names())?;

    app.db.replayed(call).await?;
    let id = call.caller.organization()?;
    let mut reader = app.db.read(call).await?;
    let organization = store::organization::find(&mut reader, id).await?;
    let organization = organization.ok_or_else(|| Error::not_found("organization"))?;
    if store::membership::find_by_email(&mut reader, id, &email).await?.is_some() {
        return Err(Refusal::AlreadyMember.into());
    }
    drop(reader);

    let (secret, token_digest) = token::opaque();
    let now = app.clock.now();
    let invitation = Invitation {
        id: InvitationId::new(&app.clock),
        organization: id,
        account: AccountId::new(&app.clock),
        email,
        name,
        roles: roles.names().to_vec(),
        token_digest,
        expires_at: now + LIFETIME,
        accepted_at: None,
        accepted_by: None,
        created_at: now,
    };
    // The mail first: a link that never comes to be is refused politely, an invitation whose mail was lost is not
    // noticed by anybody.
    app.mail.invite(&organization, &invitation, &secret).await?;
    let mut tx = app.db.begin(call).await?;
    let kept = store::invitation::upsert(&mut tx, &invitation).await?;
    Ok((tx, kept))
}

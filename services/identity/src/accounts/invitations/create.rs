//! Invite a person: an administrator names address and roles, the person gets a link.

use careway_contract::identity::v1::{CreateInvitationRequest, CreateInvitationResponse};
use careway_kernel::{AccountId, Email, InvitationId, Names, OrganizationId, Violations};
use careway_service::{Call, Error, Keyed, Result, Transaction, timestamp};

use super::domain::{Invitation, LIFETIME};
use crate::{
    App,
    accounts::{
        self,
        domain::{Grantor, refusal::Refusal, roles::Roles},
        grantor::{grantor, lock_grantor},
        store,
        view::kind_of,
    },
    opaque_token,
    organizations::{self, domain::Organization},
};

pub(crate) async fn create_invitation(
    app: &App,
    call: &Call,
    request: CreateInvitationRequest,
) -> Keyed<CreateInvitationResponse> {
    let wanted = InvitationInput {
        organization_id: &request.organization_id,
        email: &request.email,
        name: &request.name,
        roles: &request.roles,
    };
    let (tx, invitation) = invite(app, call, wanted).await?;
    tx.commit(CreateInvitationResponse {
        account_id: invitation.account.to_string(),
        expires_at: Some(timestamp(invitation.expires_at)),
    })
    .await
}

/// Who is to be invited, as it was asked.
pub(crate) struct InvitationInput<'a> {
    /// Empty for the caller's own.
    pub(crate) organization_id: &'a str,
    pub(crate) email: &'a str,
    pub(crate) name: &'a str,
    pub(crate) roles: &'a [String],
}

/// Sends the link and keeps the invitation, not committed yet. Nothing here looks beyond one organization, so nothing
/// tells whether the address is known elsewhere.
pub(crate) async fn invite(
    app: &App,
    call: &Call,
    wanted: InvitationInput<'_>,
) -> Keyed<(Transaction, Invitation)> {
    app.db.replayed(call).await?;
    let mut v = Violations::default();
    let organization = v.optional("organizationId", wanted.organization_id, OrganizationId::parse);
    let email = v.required("email", wanted.email, Email::parse);
    let name = v.required("name", wanted.name, Names::parse);
    // Which roles there are depends on the organization; without one it can be told that there are none.
    let Some(organization) = organization else {
        v.check("roles", !wanted.roles.is_empty(), "must name at least one role");
        return Err(v.into());
    };
    let organization = organization.map_or_else(|| call.caller.organization(), Ok)?;
    let mut reader = app.db.read(call).await?;
    let organization = organizations::store::find_organization(&mut reader, organization).await?;
    let organization = organization.filter(|organization| may_invite_to(call, organization.id));
    let Some(organization) = organization else {
        v.check("roles", !wanted.roles.is_empty(), "must name at least one role");
        v.finish()?;
        return Err(Error::not_found("organization").into());
    };
    let roles = v.field("roles", Roles::parse(organization.kind, wanted.roles));
    let (email, name, roles) = v.all((email, name, roles))?;
    let by = accounts::store::find_account(&mut reader, call.caller.organization()?, call.caller.account()?)
        .await?;
    check_roles(call, &grantor(kind_of(call)?, by)?, &organization, &roles)?;
    if store::find_by_email(&mut reader, organization.id, &email).await?.is_some() {
        return Err(Refusal::AlreadyMember.into());
    }
    drop(reader);

    let (secret, token_digest) = opaque_token::generate();
    let now = app.clock.now();
    let invitation = Invitation {
        id: InvitationId::new(&app.clock),
        organization: organization.id,
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
    // Judged again by what holds until the commit: the grantor may have lost a role while the mail was on its way.
    check_roles(call, &lock_grantor(&mut tx, call).await?, &organization, &roles)?;
    let kept = accounts::invitations::store::insert_invitation(&mut tx, &invitation).await?;
    Ok((tx, kept))
}

fn may_invite_to(call: &Call, organization: OrganizationId) -> bool {
    call.caller.organization().is_ok_and(|own| own == organization) || call.caller.may("organizations.manage")
}

/// In one's own organization: what one holds. In another, as an operator: its administrator, who invites the others.
fn check_roles(call: &Call, grantor: &Grantor, organization: &Organization, roles: &Roles) -> Result<()> {
    if call.caller.organization()? == organization.id {
        return Ok(grantor.may_change(&[], roles.names())?);
    }
    Ok(grantor.may_invite_elsewhere(organization.kind, roles)?)
}

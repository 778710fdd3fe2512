//! Accept an invitation: whoever holds the link works for the organization from now on.

use careway_contract::identity::v1::{AcceptInvitationRequest, AcceptInvitationResponse, AccountJoined};
use careway_events::{Fact, record};
use careway_kernel::{AccountId, Names, OrganizationId, Violations};
use careway_service::{Call, Result, Subject};

use super::store;
use crate::{
    App,
    accounts::{
        self,
        domain::{password::Password, refusal::Refusal},
    },
    opaque_token,
};

pub(crate) async fn accept_invitation(
    app: &App,
    call: &Call,
    request: AcceptInvitationRequest,
) -> Result<AcceptInvitationResponse> {
    let mut v = Violations::default();
    let digest =
        v.required("token", request.token.as_str(), |token| Ok::<_, Refusal>(opaque_token::digest(token)));
    let name = v.optional("name", request.name.as_str(), Names::parse);
    if !v.is_empty() {
        // Whether a password is needed shows below; one that could be none is told with the rest.
        v.optional("password", request.password.as_str(), Password::parse);
    }
    let (digest, name) = v.all((digest, name))?;

    // The link is judged before the work of hashing a password.
    let mut reader = app.db.read(&Call::system("invitation")).await?;
    let invitation = store::find_by_token(&mut reader, &digest).await?.ok_or(Refusal::LinkRejected)?;
    let invitation = invitation.good(app.clock.now())?;
    let known = accounts::store::credentials::find_by_email(&mut reader, &invitation.email).await?;
    drop(reader);
    let password_hash = match known {
        Some(_) => None,
        None => Some(app.passwords.hash(new_password(&request)?).await?),
    };

    let mut tx = app.db.begin_for(call, "invitation").await?;
    let now = tx.now();
    let invitation = store::lock_by_token(&mut tx, &digest).await?.ok_or(Refusal::LinkRejected)?;
    let account = known.unwrap_or(invitation.account);
    if let Some(hash) = password_hash {
        accounts::store::credentials::insert_account(&mut tx, account, &invitation.email, &hash, now).await?;
    }
    let accepted = invitation.accept(account, now)?;
    store::update_accepted(&mut tx, &accepted).await?;
    let name = name.unwrap_or(accepted.name);
    if accounts::store::insert_membership(
        &mut tx,
        accepted.organization,
        account,
        &name,
        &accepted.roles,
        now,
    )
    .await?
    {
        record(&mut tx, joined(account, accepted.organization, &accepted.roles));
    }
    tx.done_by(Subject::Account(account), Some(accepted.organization));
    tx.finish().await?;
    Ok(AcceptInvitationResponse {
        account_id: account.to_string(),
        organization_id: accepted.organization.to_string(),
    })
}

fn new_password(request: &AcceptInvitationRequest) -> Result<Password> {
    let mut v = Violations::default();
    let password = v.required("password", request.password.as_str(), Password::parse);
    Ok(v.all((password,))?.0)
}

/// The fact that a person works for an organization from now on.
pub(crate) fn joined(account: AccountId, organization: OrganizationId, roles: &[String]) -> Fact {
    let joined = AccountJoined {
        account_id: account.to_string(),
        organization_id: organization.to_string(),
        roles: roles.to_vec(),
    };
    Fact::new(joined).about(account.uuid(), 1).of(organization)
}

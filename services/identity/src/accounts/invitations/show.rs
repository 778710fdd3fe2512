//! Show what an invitation is to, to whoever holds its link: a page asks before it accepts, and knows whether to ask for a
//! password.

use careway_contract::identity::v1::{ShowInvitationRequest, ShowInvitationResponse};
use careway_kernel::Violations;
use careway_service::{Call, Error, Result};

use super::store;
use crate::{
    App,
    accounts::{self, domain::refusal::Refusal},
    opaque_token, organizations,
};

pub(crate) async fn show_invitation(
    app: &App,
    _call: &Call,
    request: ShowInvitationRequest,
) -> Result<ShowInvitationResponse> {
    let mut v = Violations::default();
    let digest =
        v.required("token", request.token.as_str(), |token| Ok::<_, Refusal>(opaque_token::digest(token)));
    let (digest,) = v.all((digest,))?;

    let mut reader = app.db.read(&Call::system("invitation")).await?;
    let invitation = store::find_by_token(&mut reader, &digest).await?.ok_or(Refusal::LinkRejected)?;
    let invitation = invitation.good(app.clock.now())?;
    let known = accounts::store::credentials::find_by_email(&mut reader, &invitation.email).await?;
    let organization = organizations::store::find_organization(&mut reader, invitation.organization).await?;
    let organization = organization.ok_or(Error::not_found("organization"))?;
    Ok(ShowInvitationResponse {
        organization_name: organization.name.as_str().to_owned(),
        email: invitation.email.as_str().to_owned(),
        needs_password: known.is_none(),
    })
}

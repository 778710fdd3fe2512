//! The `client_credentials` grant: a partner's system gets an access token for what it may do.

use careway_contract::identity::v1::{IssueClientTokenRequest, IssueClientTokenResponse};
use careway_kernel::ClientId;
use careway_service::{Call, Result};

use super::{
    domain::{refusal::Refusal, token::Grant},
    signing_keys,
};
use crate::{
    App, api_clients, opaque_token,
    organizations::{self, domain::Status},
};

pub(crate) async fn issue_client_token(
    app: &App,
    call: &Call,
    request: IssueClientTokenRequest,
) -> Result<IssueClientTokenResponse> {
    let id = ClientId::parse(&request.client_id).map_err(|_| Refusal::InvalidClient)?;
    let guess = app.throttle.count("client", &request.client_id, call.client_ip).await?;

    let mut reader = app.db.read(&Call::system("client sign-in")).await?;
    let client = api_clients::store::find_client(&mut reader, id).await?;
    let digest = opaque_token::digest(&request.client_secret);
    let client =
        client.filter(|client| client.accepts(&digest, app.clock.now())).ok_or(Refusal::InvalidClient)?;
    let organization = organizations::store::find_organization(&mut reader, client.organization).await?;
    let organization = organization
        .filter(|organization| organization.status == Status::Active)
        .ok_or(Refusal::InvalidClient)?;
    drop(reader);
    app.throttle.forgive(&guess).await;

    let permissions = client.grant(organization.kind, &request.scope)?;
    let scope = permissions.join(" ");
    let access = signing_keys::keyring::issue(
        app,
        Grant {
            subject: client.id.uuid(),
            organization: organization.id,
            kind: organization.kind,
            permissions,
            session: None,
            amr: vec!["client_secret".to_owned()],
        },
    )?;
    Ok(IssueClientTokenResponse {
        access_token: access.token.expose().to_owned(),
        expires_in_seconds: access.expires_in_seconds,
        scope,
    })
}

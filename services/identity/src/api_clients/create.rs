//! Create an API client. Its secret is shown once and kept nowhere, not even with the answer of the key.

use careway_contract::identity::v1::{CreateApiClientRequest, CreateApiClientResponse};
use careway_kernel::{ClientId, Violations};
use careway_service::{Call, Result};

use super::{
    domain::{ApiClient, Secret, parse_name, parse_scopes},
    store,
    view::message,
};
use crate::{App, accounts::view::kind_of, sessions};

pub(crate) async fn create_api_client(
    app: &App,
    call: &Call,
    request: CreateApiClientRequest,
) -> Result<CreateApiClientResponse> {
    let mut v = Violations::default();
    let name = v.required("name", request.name.as_str(), parse_name);
    v.check("scopes", !request.scopes.is_empty(), "is required");
    let (name,) = v.all((name,))?;
    let scopes = parse_scopes(kind_of(call)?, &request.scopes, |scope| call.caller.may(scope))?;

    let now = app.clock.now();
    let (secret, digest) = sessions::domain::token::opaque();
    let client = ApiClient {
        id: ClientId::new(&app.clock),
        organization: call.caller.organization()?,
        name,
        scopes,
        created_at: now,
        secret: Secret { digest, created_at: now },
        previous: None,
    };
    let mut tx = app.db.begin(call).await?;
    store::insert(&mut tx, &client).await?;
    let kept = CreateApiClientResponse { api_client: Some(message(&client)), client_secret: String::new() };
    let kept = tx.commit(kept).await?;
    Ok(CreateApiClientResponse { client_secret: secret.expose().to_owned(), ..kept })
}

//! Create an API client. Its secret is shown once and kept nowhere, not even with the answer of the key.

use careway_contract::identity::v1::{CreateApiClientRequest, CreateApiClientResponse};
use careway_kernel::{ClientId, Violations, text::Line};
use careway_service::{Call, Keyed};

use super::{
    domain::{ApiClient, Secret, parse_scopes},
    store,
    view::message,
};
use crate::accounts::{domain::roles::is_permission, grantor::lock_grantor};
use crate::{App, opaque_token};

pub(crate) async fn create_api_client(
    app: &App,
    call: &Call,
    request: CreateApiClientRequest,
) -> Keyed<CreateApiClientResponse> {
    let mut v = Violations::default();
    let name = v.required("name", request.name.as_str(), Line::<100>::parse);
    v.check("scopes", !request.scopes.is_empty(), "is required");
    v.each("scopes", &request.scopes, |v, scope| {
        v.check("", is_permission(scope), "must be the name of a permission");
        Some(())
    });
    let (name,) = v.all((name,))?;
    let maker = call.caller.account()?;

    let mut tx = app.db.begin(call).await?;
    let grantor = lock_grantor(&mut tx, call).await?;
    grantor.check("api-clients.manage")?;
    let scopes = parse_scopes(grantor.kind, &request.scopes, |scope| grantor.holds(scope))?;
    let now = tx.now();
    let (secret, digest) = opaque_token::generate();
    let client = ApiClient {
        id: ClientId::new(&app.clock),
        organization: call.caller.organization()?,
        name: name.into(),
        scopes,
        created_at: now,
        secret: Secret { digest, created_at: now },
        previous: None,
        created_by: Some(maker),
        disabled_at: None,
    };
    store::insert_client(&mut tx, &client).await?;
    let kept = CreateApiClientResponse { api_client: Some(message(&client)), client_secret: String::new() };
    let kept = tx.commit(kept).await?;
    Ok(CreateApiClientResponse { client_secret: secret.expose().to_owned(), ..kept })
}

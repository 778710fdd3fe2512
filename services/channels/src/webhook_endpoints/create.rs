//! Add an endpoint.

use careway_contract::channels::v1::{CreateWebhookEndpointRequest, CreateWebhookEndpointResponse};
use careway_kernel::{Violations, WebhookEndpointId, id_at};
use careway_service::{AuditEntry, Call, Keyed};

use super::{
    domain::{Endpoint, EndpointRefusal, Failing, MOST_ENDPOINTS, Ordering, Settings, secret::Scheme},
    parse, store, view,
};
use crate::App;

pub(crate) async fn create_webhook_endpoint(
    app: &App,
    call: &Call,
    request: CreateWebhookEndpointRequest,
) -> Keyed<CreateWebhookEndpointResponse> {
    let organization = call.caller.organization()?;
    let (ordering, scheme) =
        (view::parse_ordering(request.ordering()), view::parse_scheme(request.signature()));
    let mut v = Violations::default();
    let url = v.required("url", request.url.as_str(), |url| app.outbound.parse(url));
    let types = parse::types(&mut v, app, call, &request.types);
    let rate = parse::rate(&mut v, request.rate);
    let (url, types, rate) = v.all((url, types, rate))?;
    app.db.unless_replayed(call, parse::leads_out(app, &url).await).await?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    if store::lock_count(&mut tx, organization).await? >= MOST_ENDPOINTS {
        return Err(EndpointRefusal::TooManyEndpoints.into());
    }
    let settings =
        Settings { url: url.to_string(), types, ordering: ordering.unwrap_or(Ordering::FirstAttempts), rate };
    let endpoint = Endpoint {
        id: WebhookEndpointId::new(&app.clock),
        organization,
        settings,
        permissions: parse::permissions(app, call),
        scheme: scheme.unwrap_or(Scheme::Hmac),
        disabled: None,
        enabled_from: now,
        verified_at: None,
        failing: Failing::default(),
        version: 1,
        created_at: now,
    };
    store::insert_endpoint(&mut tx, &endpoint).await?;
    let secret_id = id_at(now);
    let made = app.webhook_keys.make(endpoint.scheme, secret_id)?;
    store::insert_secret(&mut tx, &endpoint, secret_id, &made, now).await?;
    tx.audit(AuditEntry { action: "webhook_endpoint.create", ..Default::default() });
    let public_keys = made.public.into_iter().collect();
    let live = store::Live { public_keys, count: 1 };
    tx.commit(CreateWebhookEndpointResponse {
        webhook_endpoint: Some(view::endpoint(&endpoint, live)),
        secret: made.told.expose().to_owned(),
    })
    .await
}

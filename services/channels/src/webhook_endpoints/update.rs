//! Change an endpoint: what is given alone.

use careway_contract::channels::v1::{UpdateWebhookEndpointRequest, UpdateWebhookEndpointResponse};
use careway_kernel::{Violations, WebhookEndpointId};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{domain::Settings, parse, store, view};
use crate::App;

const CHANGEABLE: [&str; 4] = ["url", "types", "ordering", "rate"];

pub(crate) async fn update_webhook_endpoint(
    app: &App,
    call: &Call,
    request: UpdateWebhookEndpointRequest,
) -> Keyed<UpdateWebhookEndpointResponse> {
    let organization = call.caller.organization()?;
    let id: WebhookEndpointId = path_id("webhook endpoint", &request.endpoint_id)?;
    call.expected_version()?;
    let fields = request.update_mask.as_ref().map(|mask| mask.paths.as_slice()).unwrap_or_default();
    let given = |name: &str| fields.iter().any(|field| field == name);
    let mut v = Violations::default();
    for field in fields {
        v.check(field, CHANGEABLE.contains(&field.as_str()), "cannot be changed");
    }
    let url = given("url")
        .then(|| v.required("url", request.url.as_str(), |url| app.outbound.parse(url)))
        .flatten();
    let types = given("types").then(|| parse::types(&mut v, app, call, &request.types)).flatten();
    let rate = given("rate").then(|| parse::rate(&mut v, request.rate)).flatten();
    let ordering =
        given("ordering").then(|| v.present("ordering", view::parse_ordering(request.ordering()))).flatten();
    v.finish()?;
    if let Some(url) = &url {
        app.db.unless_replayed(call, parse::leads_out(app, url).await).await?;
    }

    let mut tx = app.db.begin(call).await?;
    let locked = store::lock_endpoint(&mut tx, organization, id).await?;
    let mut endpoint = locked.ok_or(Error::not_found("webhook endpoint"))?;
    call.check_version(endpoint.version)?;
    let before = endpoint.settings.clone();
    let settings = Settings {
        url: url.map_or(before.url, |url| url.to_string()),
        types: types.unwrap_or(before.types),
        ordering: ordering.unwrap_or(before.ordering),
        rate: rate.unwrap_or(before.rate),
    };
    endpoint.change(settings, parse::permissions(app, call));
    store::update_endpoint(&mut tx, &endpoint).await?;
    tx.audit(AuditEntry { action: "webhook_endpoint.update", ..Default::default() });
    let now = tx.now();
    let live = store::find_live(&mut tx, id, now).await?;
    tx.commit(UpdateWebhookEndpointResponse { webhook_endpoint: Some(view::endpoint(&endpoint, live)) }).await
}

//! Add a resource.

use careway_contract::channels::v1::{CreateResourceRequest, CreateResourceResponse};
use careway_kernel::{ResourceId, Violations, text::Text};
use careway_service::{AuditEntry, Call, Keyed};

use super::{domain::Resource, store, view};
use crate::App;

pub(crate) async fn create_resource(
    app: &App,
    call: &Call,
    request: CreateResourceRequest,
) -> Keyed<CreateResourceResponse> {
    let provider = call.caller.facility()?;
    let mut v = Violations::default();
    let kind = v.present("kind", view::parse_kind(request.kind()));
    let name = v.required("name", request.name.as_str(), Text::<200>::parse);
    let (kind, name) = v.all((kind, name))?;

    let mut tx = app.db.begin(call).await?;
    let resource = Resource {
        id: ResourceId::new(&app.clock),
        provider,
        kind,
        name: name.as_str().to_owned(),
        created_at: tx.now(),
    };
    store::insert_resource(&mut tx, &resource).await?;
    tx.audit(AuditEntry { action: "resource.create", ..Default::default() });
    tx.commit(CreateResourceResponse { resource: Some(view::resource(&resource)) }).await
}

//! List the provider's resources, oldest first.

use careway_contract::channels::v1::{ListResourcesRequest, ListResourcesResponse};
use careway_kernel::{ResourceId, Violations};
use careway_service::{Call, Paging, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_resources(
    app: &App,
    call: &Call,
    request: ListResourcesRequest,
) -> Result<ListResourcesResponse> {
    let provider = call.caller.facility()?;
    let mut v = Violations::default();
    let filter = ListResourcesRequest::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListResources", provider.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let after = paging.after_id()?.map(ResourceId::from_uuid);
    let mut reader = app.db.read(call).await?;
    let resources = store::list_resources(&mut reader, provider, after, paging.limit()).await?;
    let (resources, next_page_token) = paging.cut(resources, |resource| *resource.id.uuid().as_bytes());
    Ok(ListResourcesResponse { resources: resources.iter().map(view::resource).collect(), next_page_token })
}

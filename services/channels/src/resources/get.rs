//! Read a resource.

use careway_contract::channels::v1::{GetResourceRequest, GetResourceResponse};
use careway_kernel::ResourceId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_resource(
    app: &App,
    call: &Call,
    request: GetResourceRequest,
) -> Result<GetResourceResponse> {
    let provider = call.caller.facility()?;
    let id: ResourceId = path_id("resource", &request.resource_id)?;
    let mut reader = app.db.read(call).await?;
    let resource = store::find_resource(&mut reader, provider, id).await?;
    let resource = resource.ok_or(Error::not_found("resource"))?;
    Ok(GetResourceResponse { resource: Some(view::resource(&resource)) })
}

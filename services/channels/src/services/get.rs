//! Read an examination.

use careway_contract::channels::v1::{GetServiceRequest, GetServiceResponse};
use careway_kernel::ServiceId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_service(
    app: &App,
    call: &Call,
    request: GetServiceRequest,
) -> Result<GetServiceResponse> {
    let provider = call.caller.facility()?;
    let id: ServiceId = path_id("service", &request.service_id)?;
    let mut reader = app.db.read(call).await?;
    let service = store::find_service(&mut reader, provider, id).await?.ok_or(Error::not_found("service"))?;
    Ok(GetServiceResponse { service: Some(view::service(&service)) })
}

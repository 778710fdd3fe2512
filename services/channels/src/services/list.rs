//! List the provider's examinations, oldest first.

use careway_contract::channels::v1::{ListServicesRequest, ListServicesResponse};
use careway_kernel::{ServiceId, Violations};
use careway_service::{Call, Paging, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn list_services(
    app: &App,
    call: &Call,
    request: ListServicesRequest,
) -> Result<ListServicesResponse> {
    let provider = call.caller.facility()?;
    let mut v = Violations::default();
    let filter = ListServicesRequest::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListServices", provider.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let after = paging.after_id()?.map(ServiceId::from_uuid);
    let mut reader = app.db.read(call).await?;
    let services = store::list_services(&mut reader, provider, after, paging.limit()).await?;
    let (services, next_page_token) = paging.cut(services, |service| *service.id.uuid().as_bytes());
    Ok(ListServicesResponse { services: services.iter().map(view::service).collect(), next_page_token })
}

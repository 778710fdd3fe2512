//! List an examination's prices as they are.

use careway_contract::channels::v1::{ListServicePricesRequest, ListServicePricesResponse};
use careway_kernel::ServiceId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::{App, services};

pub(crate) async fn list_service_prices(
    app: &App,
    call: &Call,
    request: ListServicePricesRequest,
) -> Result<ListServicePricesResponse> {
    let provider = call.caller.facility()?;
    let id: ServiceId = path_id("service", &request.service_id)?;
    let mut reader = app.db.read(call).await?;
    let service = services::store::find_service(&mut reader, provider, id).await?;
    service.ok_or(Error::not_found("service"))?;
    let prices = store::list_prices(&mut reader, provider, id).await?;
    Ok(ListServicePricesResponse { prices: prices.iter().map(view::price).collect() })
}

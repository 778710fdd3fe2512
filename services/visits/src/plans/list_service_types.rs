//! List the kinds of care there are.

use careway_contract::visits::v1::{ListServiceTypesRequest, ListServiceTypesResponse, ServiceType};
use careway_service::{Call, Result};

use super::{store, view::texts};
use crate::App;

pub(crate) async fn list_service_types(
    app: &App,
    call: &Call,
    _: ListServiceTypesRequest,
) -> Result<ListServiceTypesResponse> {
    let mut reader = app.db.read(call).await?;
    let known = store::service_type::list_service_types(&mut reader).await?;
    let service_types = known
        .iter()
        .map(|(code, names)| ServiceType { code: code.to_string(), names: texts(names) })
        .collect();
    Ok(ListServiceTypesResponse { service_types })
}

//! Read one API client of the caller's organization.

use careway_contract::identity::v1::{GetApiClientRequest, GetApiClientResponse};
use careway_kernel::ClientId;
use careway_service::{Call, Error, Result};

use super::{store, view::message};
use crate::{App, wire::path_id};

pub(crate) async fn get_api_client(
    app: &App,
    call: &Call,
    request: GetApiClientRequest,
) -> Result<GetApiClientResponse> {
    let id = path_id("API client", &request.client_id, ClientId::parse)?;
    let mut reader = app.db.read(call).await?;
    let client = store::find_client(&mut reader, id).await?.ok_or_else(|| Error::not_found("API client"))?;
    Ok(GetApiClientResponse { api_client: Some(message(&client)) })
}

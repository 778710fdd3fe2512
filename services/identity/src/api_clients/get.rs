//! Read one API client of the caller's organization.

use careway_contract::identity::v1::{GetApiClientRequest, GetApiClientResponse};
use careway_kernel::ClientId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view::message};
use crate::App;

pub(crate) async fn get_api_client(
    app: &App,
    call: &Call,
    request: GetApiClientRequest,
) -> Result<GetApiClientResponse> {
    let id = path_id::<ClientId>("API client", &request.client_id)?;
    let mut reader = app.db.read(call).await?;
    let client = store::find_client(&mut reader, id).await?.ok_or_else(|| Error::not_found("API client"))?;
    Ok(GetApiClientResponse { api_client: Some(message(&client)) })
}

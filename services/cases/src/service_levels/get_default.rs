//! Read the service level of all organizations that have none of their own.

use careway_contract::cases::v1::{GetDefaultServiceLevelRequest, GetDefaultServiceLevelResponse};
use careway_service::{Call, Error, Result};

use super::{store, view};
use crate::App;

pub(crate) async fn get_default_service_level(
    app: &App,
    call: &Call,
    _: GetDefaultServiceLevelRequest,
) -> Result<GetDefaultServiceLevelResponse> {
    let mut reader = app.db.read(call).await?;
    let found = store::find_level(&mut reader, None).await?.ok_or(Error::not_found("service level"))?;
    Ok(GetDefaultServiceLevelResponse { service_level: Some(view::service_level(None, &found)) })
}

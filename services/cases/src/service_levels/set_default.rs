//! Set the service level of all organizations that have none of their own, whole.

use careway_contract::cases::v1::{SetDefaultServiceLevelRequest, SetDefaultServiceLevelResponse};
use careway_service::{Call, Keyed};

use super::{set::set, view};
use crate::App;

pub(crate) async fn set_default_service_level(
    app: &App,
    call: &Call,
    request: SetDefaultServiceLevelRequest,
) -> Keyed<SetDefaultServiceLevelResponse> {
    let level = view::parse(&request.service_level.unwrap_or_default(), call)?;
    let service_level = Some(view::service_level(None, &level));
    let tx = set(app, call, None, &level).await?;
    let response = tx.commit(SetDefaultServiceLevelResponse { service_level }).await;
    app.service_levels.forget();
    response
}

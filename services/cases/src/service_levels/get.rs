//! Read an organization's service level: its own, or that of all.

use careway_contract::cases::v1::{GetServiceLevelRequest, GetServiceLevelResponse};
use careway_kernel::OrganizationId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_service_level(
    app: &App,
    call: &Call,
    request: GetServiceLevelRequest,
) -> Result<GetServiceLevelResponse> {
    let organization: OrganizationId = path_id("organization", &request.organization_id)?;
    let own = call.caller.organization()? == organization;
    let mut reader = app.db.read(call).await?;
    // A caller's own token names its organization, before identity told of it.
    if !own && store::find_organization(&mut reader, organization).await?.is_none() {
        return Err(Error::not_found("organization"));
    }
    let found = match store::find_level(&mut reader, Some(organization)).await? {
        Some(own) => own,
        None => {
            let level =
                store::find_level(&mut reader, None).await?.ok_or(Error::not_found("service level"))?;
            store::SetLevel { version: 0, ..level }
        }
    };
    Ok(GetServiceLevelResponse { service_level: Some(view::service_level(Some(organization), &found)) })
}

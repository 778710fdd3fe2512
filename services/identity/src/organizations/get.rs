//! Read one organization, as far as the caller may see it.

use careway_contract::identity::v1::{GetOrganizationRequest, GetOrganizationResponse};
use careway_kernel::OrganizationId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view::seen_by};
use crate::App;

pub(crate) async fn get_organization(
    app: &App,
    call: &Call,
    request: GetOrganizationRequest,
) -> Result<GetOrganizationResponse> {
    let id = path_id::<OrganizationId>("organization", &request.organization_id)?;
    let mut reader = app.db.read(call).await?;
    let organization = store::find_organization(&mut reader, id).await?;
    let organization = organization.ok_or_else(|| Error::not_found("organization"))?;
    Ok(GetOrganizationResponse { organization: Some(seen_by(call, &organization)) })
}

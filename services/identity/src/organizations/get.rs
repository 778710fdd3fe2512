//! Read one organization, as far as the caller may see it.

use careway_contract::identity::v1::{GetOrganizationRequest, GetOrganizationResponse};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{Call, Error, Result};

use super::{store, view::seen_by};
use crate::App;

pub(crate) async fn get_organization(
    app: &App,
    call: &Call,
    request: GetOrganizationRequest,
) -> Result<GetOrganizationResponse> {
    let mut v = Violations::default();
    let id = v.required("organizationId", request.organization_id.as_str(), OrganizationId::parse);
    let (id,) = v.all((id,))?;
    let mut reader = app.db.read(call).await?;
    let organization = store::find(&mut reader, id).await?;
    let organization = organization.ok_or_else(|| Error::not_found("organization"))?;
    Ok(GetOrganizationResponse { organization: Some(seen_by(call, &organization)) })
}

//! Find an organization by id or code, for Careway's own services.

use careway_contract::identity::v1::{
    ResolveOrganizationRequest, ResolveOrganizationResponse, resolve_organization_request::By,
};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{Call, Result};

use super::{
    domain::View,
    store,
    view::{message, parse_code},
};
use crate::App;

pub(crate) async fn resolve_organization(
    app: &App,
    call: &Call,
    request: ResolveOrganizationRequest,
) -> Result<ResolveOrganizationResponse> {
    let mut v = Violations::default();
    let by = v.present("by", request.by);
    let (by,) = v.all((by,))?;
    let mut reader = app.db.read(call).await?;
    let found = match by {
        By::OrganizationId(id) => {
            let id = OrganizationId::parse(&id).map_err(|error| Violations::one("organizationId", error))?;
            store::find_organization(&mut reader, id).await?
        }
        By::Code(code) => {
            let mut v = Violations::default();
            let code = v.within("code", |v| parse_code(v, &code));
            let (code,) = v.all((code,))?;
            store::find_by_code(&mut reader, &code).await?
        }
    };
    let organization = found.map(|organization| message(&organization, View::Whole));
    Ok(ResolveOrganizationResponse { organization })
}

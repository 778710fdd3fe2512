//! Read an agency of the calling authority.

use careway_contract::renewals::v1::{GetAgencyRequest, GetAgencyResponse};
use careway_kernel::OrganizationId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view};
use crate::App;

pub(crate) async fn get_agency(
    app: &App,
    call: &Call,
    request: GetAgencyRequest,
) -> Result<GetAgencyResponse> {
    let authority = call.caller.organization()?;
    let id: OrganizationId = path_id("agency", &request.agency_id)?;
    let mut reader = app.db.read(call).await?;
    let named = store::find_agency(&mut reader, authority, id).await?.ok_or(Error::not_found("agency"))?;
    Ok(GetAgencyResponse { agency: Some(view::agency(&named, authority)) })
}

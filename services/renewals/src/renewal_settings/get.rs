//! Read an authority's settings: its own, or those of an authority that appointed the calling agency.

use careway_contract::renewals::v1::{GetRenewalSettingsRequest, GetRenewalSettingsResponse};
use careway_kernel::{OrganizationId, Violations};
use careway_service::{Call, Error, OrganizationKind, Result};

use super::{store, view};
use crate::{App, agencies::authority_of};

pub(crate) async fn get_renewal_settings(
    app: &App,
    call: &Call,
    request: GetRenewalSettingsRequest,
) -> Result<GetRenewalSettingsResponse> {
    let caller = call.caller.organization()?;
    let mut v = Violations::default();
    let asked = v.optional("authorityId", request.authority_id.as_str(), OrganizationId::parse);
    let (asked,) = v.all((asked,))?;
    let mut reader = app.db.read(call).await?;
    let authority = match call.caller.kind() {
        Some(OrganizationKind::Agency) => authority_of(&mut reader, caller, asked).await?,
        _ if asked.is_none_or(|asked| asked == caller) => caller,
        _ => return Err(Error::not_found("authority")),
    };
    let (settings, version) = store::get_versioned(&mut reader, authority).await?;
    Ok(GetRenewalSettingsResponse { settings: Some(view::settings(&settings, version)) })
}

//! Read a renewal.

use careway_contract::renewals::v1::{GetRenewalRequest, GetRenewalResponse};
use careway_service::{AuditEntry, Call, Error, Result, path_id};

use super::{store, view};
use crate::{App, agencies::party};

pub(crate) async fn get_renewal(
    app: &App,
    call: &Call,
    request: GetRenewalRequest,
) -> Result<GetRenewalResponse> {
    let party = party(call)?;
    let item = path_id("renewal", &request.renewal_id)?;
    let found = {
        let mut reader = app.db.read(call).await?;
        store::find_renewal(&mut reader, party, item, app.clock.now()).await?
    };
    let found = found.ok_or(Error::not_found("renewal"))?;
    app.audit.read(call, AuditEntry { action: "renewal.read", ..Default::default() }).await?;
    Ok(GetRenewalResponse { renewal: Some(view::renewal(&found)) })
}

//! Set an authority's own settings, whole.

use careway_contract::renewals::v1::{SetRenewalSettingsRequest, SetRenewalSettingsResponse};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Error, Keyed};

use super::{store, view};
use crate::App;

pub(crate) async fn set_renewal_settings(
    app: &App,
    call: &Call,
    request: SetRenewalSettingsRequest,
) -> Keyed<SetRenewalSettingsResponse> {
    let authority = call.caller.authority()?;
    let mut v = Violations::default();
    let settings = view::parse(&mut v, &request.settings.unwrap_or_default());
    let (settings,) = v.all((settings,))?;
    let version = call.expected_version()? + 1;
    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    if !store::upsert_settings(&mut tx, authority, &settings, version, now).await? {
        return Err(Error::stale().into());
    }
    tx.audit(AuditEntry { action: "renewal_settings.set", ..Default::default() });
    tx.commit(SetRenewalSettingsResponse { settings: Some(view::settings(&settings, version)) }).await
}

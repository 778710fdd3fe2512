//! An organization registered or changed: channels remembers its name, zone and language.

use careway_contract::identity::v1::{OrganizationChanged, OrganizationRegistered};
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::store::{OrganizationRef, Shown, upsert_organization};
use crate::App;

pub(crate) async fn organization_registered(
    _: &App,
    tx: &mut Transaction,
    event: Received<OrganizationRegistered>,
) -> Result<()> {
    let OrganizationRegistered { kind, name, country, time_zone, locale, .. } = event.message;
    let (organization_id, version) = (event.aggregate, event.version);
    let known = OrganizationRef { organization_id, kind, name, country, time_zone, locale, version };
    upsert_organization(tx, &known).await?;
    Ok(())
}

/// Remembers a change, for whoever tells of it; how the organization was shown until now, as `upsert_organization` says.
pub(crate) async fn keep_changed(
    tx: &mut Transaction,
    event: Received<OrganizationChanged>,
) -> Result<Option<Shown>> {
    let OrganizationChanged { kind, name, country, time_zone, locale, .. } = event.message;
    let (organization_id, version) = (event.aggregate, event.version);
    let known = OrganizationRef { organization_id, kind, name, country, time_zone, locale, version };
    upsert_organization(tx, &known).await
}

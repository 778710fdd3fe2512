//! An organization registered or changed: visits remembers its name, country and zone.

use careway_contract::identity::v1::{OrganizationChanged, OrganizationRegistered};
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::store::{OrganizationRef, upsert_organization};
use crate::App;

pub(crate) async fn organization_registered(
    _: &App,
    tx: &mut Transaction,
    event: Received<OrganizationRegistered>,
) -> Result<()> {
    let OrganizationRegistered { kind, name, country, time_zone, locale, .. } = event.message;
    let known = OrganizationRef {
        organization_id: event.aggregate,
        kind,
        name,
        country,
        time_zone,
        locale,
        version: event.version,
    };
    upsert_organization(tx, &known).await
}

pub(crate) async fn organization_changed(
    _: &App,
    tx: &mut Transaction,
    event: Received<OrganizationChanged>,
) -> Result<()> {
    let OrganizationChanged { kind, name, country, time_zone, locale, .. } = event.message;
    let known = OrganizationRef {
        organization_id: event.aggregate,
        kind,
        name,
        country,
        time_zone,
        locale,
        version: event.version,
    };
    upsert_organization(tx, &known).await
}

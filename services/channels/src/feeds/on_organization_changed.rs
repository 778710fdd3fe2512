//! An organization changed: what is sold of a provider that is called otherwise or reads another clock has a new place in the feeds.

use careway_contract::identity::v1::OrganizationChanged;
use careway_events::Received;
use careway_kernel::OrganizationId;
use careway_service::{Result, Transaction};

use super::store;
use crate::{
    App,
    organizations::{on_organization::keep_changed, store::Shown},
};

pub(crate) async fn organization_changed(
    app: &App,
    tx: &mut Transaction,
    event: Received<OrganizationChanged>,
) -> Result<()> {
    let provider = OrganizationId::from_uuid(event.aggregate);
    let OrganizationChanged { name, time_zone, .. } = &event.message;
    let told = Shown { name: name.clone(), time_zone: time_zone.clone() };
    let before = keep_changed(tx, event).await?;
    if before.is_some_and(|before| before != told) {
        store::update_of_provider(tx, provider).await?;
        tx.wake_after_commit(app.feed_changed.clone());
    }
    Ok(())
}

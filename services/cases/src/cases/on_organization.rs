//! An organization was suspended: nobody of it watches cases any more. Who takes part in its own cases does so again when it comes
//! back.

use careway_contract::identity::v1::OrganizationChanged;
use careway_events::Received;
use careway_service::{Result, Transaction};

use super::store::waking::delete_watchers_of;
use crate::App;

pub(crate) async fn organization_changed(
    _: &App,
    tx: &mut Transaction,
    event: Received<OrganizationChanged>,
) -> Result<()> {
    match event.message.status.as_str() {
        "SUSPENDED" => delete_watchers_of(tx, event.aggregate).await,
        _ => Ok(()),
    }
}

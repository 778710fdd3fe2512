//! What claims take of pre-authorizations: used when all of what was approved is taken, open again when some is given back.

use careway_service::{Result, Transaction};
use uuid::Uuid;

use super::{events, store};

/// Reckons anew what is used of the pre-authorizations that these approved lines belong to. Called by whoever commits or
/// reverses lines of claims, in the same transaction and after that.
pub(crate) async fn count_use(tx: &mut Transaction, approvals: &[Uuid]) -> Result<()> {
    if approvals.is_empty() {
        return Ok(());
    }
    for (it, used_up) in store::lock_used(tx, approvals).await? {
        if let Some(it) = it.count_use(&used_up) {
            store::update_preauthorization(tx, &it).await?;
            events::used(tx, &it);
        }
    }
    Ok(())
}

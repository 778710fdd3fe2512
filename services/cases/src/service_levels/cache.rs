//! Service levels kept in memory for a short while. One that is out of date does no harm: what was reckoned by it is found by
//! its basis, and reckoned anew.

use std::{sync::Arc, time::Duration};

use careway_kernel::OrganizationId;
use careway_service::Result;
use moka::sync::Cache;
use sqlx::PgConnection;

use super::{domain::ServiceLevel, store};
use crate::App;

/// Organizations at most.
const CAPACITY: u64 = 1_000;
/// How long one is kept.
const KEPT: Duration = Duration::from_secs(30);

/// The service levels of organizations. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ServiceLevels(Cache<OrganizationId, Arc<ServiceLevel>>);

impl Default for ServiceLevels {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).time_to_live(KEPT).build())
    }
}

impl ServiceLevels {
    /// Something changed.
    pub(crate) fn forget(&self) {
        self.0.invalidate_all();
    }
}

/// What an organization's cases are measured by.
pub(crate) async fn level_of(
    app: &App,
    conn: &mut PgConnection,
    organization: OrganizationId,
) -> Result<Arc<ServiceLevel>> {
    if let Some(kept) = app.service_levels.0.get(&organization) {
        return Ok(kept);
    }
    let level = Arc::new(store::get_effective(conn, organization).await?);
    app.service_levels.0.insert(organization, level.clone());
    Ok(level)
}

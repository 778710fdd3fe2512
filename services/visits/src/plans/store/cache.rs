//! Versions of plans kept in memory. They never change, so nothing kept can be out of date.

use std::sync::Arc;

use careway_kernel::PlanId;
use moka::sync::Cache;

use crate::plans::domain::PlanDefinition;

/// Plans at most; one takes a few kilobytes.
const CAPACITY: u64 = 500;

/// Holds what a caller was found entitled to read: look a version up only by what an authorized row names.
#[derive(Clone)]
pub(crate) struct PlanCache(Cache<(PlanId, i32), Arc<PlanDefinition>>);

impl Default for PlanCache {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl PlanCache {
    pub(crate) fn get(&self, plan: PlanId, version: i32) -> Option<Arc<PlanDefinition>> {
        self.0.get(&(plan, version))
    }

    pub(crate) fn insert(
        &self,
        plan: PlanId,
        version: i32,
        definition: PlanDefinition,
    ) -> Arc<PlanDefinition> {
        let definition = Arc::new(definition);
        self.0.insert((plan, version), definition.clone());
        definition
    }
}

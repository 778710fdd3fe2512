//! What a step changes in the channel's catalogue.

use careway_kernel::ServiceId;

use super::Connection;

/// The services that a channel's catalogue has otherwise than before, and those that it has no more.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CatalogueChange {
    pub(crate) there: Vec<ServiceId>,
    pub(crate) gone: Vec<ServiceId>,
}

impl Connection {
    /// What has become of the catalogue since.
    pub(crate) fn catalogue_change(&self, before: &Self) -> CatalogueChange {
        let mut change = CatalogueChange::default();
        for (service, item) in &self.items {
            let was = before.items.get(service);
            let same = was == Some(item) && self.state == before.state;
            match (was.and_then(|item| item.shown()), item.shown()) {
                (_, Some(_)) if !same => change.there.push(*service),
                (Some(_), None) => change.gone.push(*service),
                _ => {}
            }
        }
        change
    }
}

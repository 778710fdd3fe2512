//! Turns that organizations share: so many in all, and fewer for each.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use careway_kernel::OrganizationId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Error, Result};

/// Organizations that are remembered without having a turn.
const REMEMBERED: usize = 256;

/// So many turns in all, and fewer for each organization.
pub struct Fair {
    all: Arc<Semaphore>,
    each: usize,
    own: Mutex<HashMap<OrganizationId, Arc<Semaphore>>>,
}

/// A turn; the next one's when it is dropped.
pub struct Turn {
    _all: OwnedSemaphorePermit,
    _own: Option<OwnedSemaphorePermit>,
}

impl Fair {
    /// With so many turns in all, of which each organization has so many at most.
    pub fn new(all: usize, each: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), each, own: Mutex::default() }
    }

    /// Waits for a turn: first for one of the organization's own, so that no more of its requests wait among the others' than
    /// it may have turns. What is nobody's, like a mail that comes, waits among all alone.
    ///
    /// # Errors
    /// None but when the process is broken.
    pub async fn turn(&self, organization: Option<OrganizationId>) -> Result<Turn> {
        let own = match organization {
            Some(organization) => {
                Some(self.own(organization).acquire_owned().await.map_err(Error::internal)?)
            }
            None => None,
        };
        let all = Arc::clone(&self.all).acquire_owned().await.map_err(Error::internal)?;
        Ok(Turn { _all: all, _own: own })
    }

    fn own(&self, organization: OrganizationId) -> Arc<Semaphore> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if own.len() > REMEMBERED {
            // Whoever has a turn or waits for one holds it.
            own.retain(|_, turns| Arc::strong_count(turns) > 1);
        }
        Arc::clone(own.entry(organization).or_insert_with(|| Arc::new(Semaphore::new(self.each))))
    }
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;

    #[tokio::test]
    async fn no_organization_has_all_turns() {
        let clock = Clock::system();
        let [one, other] = [OrganizationId::new(&clock), OrganizationId::new(&clock)];
        let fair = Arc::new(Fair::new(2, 1));
        let first = fair.turn(Some(one)).await.unwrap();
        let waiting = tokio::spawn({
            let fair = Arc::clone(&fair);
            async move { fair.turn(Some(one)).await.is_ok() }
        });
        let others = fair.turn(Some(other)).await.unwrap();
        assert!(!waiting.is_finished());
        drop(first);
        assert!(waiting.await.unwrap());
        drop(others);
    }

    #[tokio::test]
    async fn who_had_a_turn_is_forgotten() {
        let (clock, fair) = (Clock::system(), Fair::new(2, 1));
        let kept = OrganizationId::new(&clock);
        let _kept = fair.turn(Some(kept)).await.unwrap();
        for _ in 0..REMEMBERED * 2 {
            fair.turn(Some(OrganizationId::new(&clock))).await.unwrap();
        }
        let own = fair.own.lock().unwrap();
        assert!(own.len() <= REMEMBERED + 1 && own.contains_key(&kept));
    }
}

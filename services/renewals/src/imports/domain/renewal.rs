//! A listed card that is to be renewed, against the one that is known.

use careway_kernel::OrganizationId;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Outcome;

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ListedRenewal {
    pub(crate) bhxh_number: String,
    /// The card's, inclusive.
    pub(crate) last_day: NaiveDate,
    pub(crate) agency: OrganizationId,
}

/// The card that is known by the same number and last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownItem {
    pub(crate) id: Uuid,
    pub(crate) agency: OrganizationId,
    pub(crate) is_renewed: bool,
}

impl ListedRenewal {
    /// What is to be done about a row. Who renewed a card stays.
    pub(crate) fn decide(&self, known: Option<KnownItem>) -> Outcome {
        match known {
            None => Outcome::Created,
            Some(known) if known.is_renewed || known.agency == self.agency => Outcome::Unchanged,
            Some(_) => Outcome::Updated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_goes_to_another_agency_until_it_is_renewed() {
        let agency = |number| OrganizationId::from_uuid(Uuid::from_u128(number));
        let listed = ListedRenewal {
            bhxh_number: "7936491863".to_owned(),
            last_day: "2026-12-31".parse().unwrap(),
            agency: agency(1),
        };
        let known =
            |by, is_renewed| Some(KnownItem { id: Uuid::from_u128(9), agency: agency(by), is_renewed });
        let decided =
            [None, known(1, false), known(2, false), known(2, true)].map(|known| listed.decide(known));
        use Outcome::{Created, Unchanged, Updated};
        assert_eq!(decided, [Created, Unchanged, Updated, Unchanged]);
    }
}

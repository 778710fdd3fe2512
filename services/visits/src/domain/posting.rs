//! What a line takes from the limits it counts against: the postings that the ledger keeps.

use uuid::Uuid;

use super::ledger::{Account, Occasion};
use super::plan::{Benefit, PlanDefinition};

/// What caused an entry. With its account, an entry of one kind is made once for it, whatever is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Cause {
    PreauthorizationLine(Uuid),
    ClaimLine(Uuid),
}

impl Cause {
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::PreauthorizationLine(_) => "PREAUTHORIZATION_LINE",
            Self::ClaimLine(_) => "CLAIM_LINE",
        }
    }

    pub(crate) const fn id(self) -> Uuid {
        match self {
            Self::PreauthorizationLine(id) | Self::ClaimLine(id) => id,
        }
    }
}

/// So much, of one balance, for one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) account: Account,
    /// More than nothing.
    pub(crate) amount: i64,
    /// What the balance may reach; none where it is only counted.
    pub(crate) most: Option<i64>,
    pub(crate) cause: Cause,
    /// The pre-authorization's line whose reservation is drawn on first.
    pub(crate) reservation: Option<Uuid>,
}

impl Occasion {
    /// Every account that care under this benefit touches, with what it may reach: the benefit's own limits, then its
    /// deductible, then its ceilings.
    pub(crate) fn accounts(
        &self,
        plan: &PlanDefinition,
        benefit: &Benefit,
        family_size: u32,
    ) -> Vec<(Account, i64)> {
        let own = benefit
            .limits
            .iter()
            .map(|limit| (self.limit(&benefit.code, limit), limit.most_for(family_size)));
        let deductible = plan.deductible_of(benefit).map(|it| (self.deductible(it), it.amount));
        let ceilings = plan
            .ceilings_of(benefit)
            .map(|it| (self.limit(&it.code, &it.limit), it.limit.most_for(family_size)));
        own.chain(deductible).chain(ceilings).filter_map(|(account, most)| Some((account?, most))).collect()
    }
}

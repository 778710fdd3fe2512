//! What a line takes from the limits it counts against: the postings that the ledger keeps.

use careway_kernel::VisitId;
use chrono::NaiveDate;
use uuid::Uuid;

use super::period::{Period, Window};
use super::plan::{Benefit, Code, Deductible, Limit, PlanDefinition, Scope, Unit};

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

/// One balance: whose use of which account, in which period, in which unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) code: Code,
    pub(crate) scope: Scope,
    pub(crate) period: Period,
    pub(crate) window: Window,
    pub(crate) unit: Unit,
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

/// The day and visit a line belongs to, and where its policy years start: what windows are reckoned from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion {
    pub(crate) on: NaiveDate,
    pub(crate) policy_year_from: NaiveDate,
    pub(crate) visit: Option<VisitId>,
}

impl Occasion {
    pub(crate) fn limit(&self, code: &Code, limit: &Limit) -> Option<Account> {
        self.account(code, limit.scope, limit.period, limit.unit)
    }

    pub(crate) fn deductible(&self, deductible: &Deductible) -> Option<Account> {
        self.account(&deductible.code, deductible.scope, deductible.period, Unit::Amount)
    }

    /// Every account that care under this benefit touches, with what it may reach: the benefit's own limits, then its
    /// deductible, then its ceilings.
    pub(crate) fn accounts(
        &self,
        plan: &PlanDefinition,
        benefit: &Benefit,
        family_size: u32,
    ) -> Vec<(Account, i64)> {
        let own = benefit.limits.iter().map(|limit| (self.limit(&benefit.code, limit), limit.most_for(family_size)));
        let deductible = plan.deductible_of(benefit).map(|it| (self.deductible(it), it.amount));
        let ceilings = plan
            .ceilings_of(benefit)
            .map(|it| (self.limit(&it.code, &it.limit), it.limit.most_for(family_size)));
        own.chain(deductible)
            .chain(ceilings)
            .filter_map(|(account, most)| Some((account?, most)))
            .collect()
    }

    fn account(&self, code: &Code, scope: Scope, period: Period, unit: Unit) -> Option<Account> {
        let window = period.window(self.on, self.policy_year_from, self.visit)?;
        Some(Account { code: code.clone(), scope, period, window, unit })
    }
}

//! The accounts of the benefit ledger: whose use of what is counted, in which period, in which unit.

use careway_kernel::VisitId;
use chrono::NaiveDate;

use crate::plans::domain::{
    Code, Deductible, Limit, Scope, Unit,
    period::{Period, Window},
};

/// One balance: whose use of which account, in which period, in which unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Account {
    pub(crate) code: Code,
    pub(crate) scope: Scope,
    pub(crate) period: Period,
    pub(crate) window: Window,
    pub(crate) unit: Unit,
}

/// What stands on one account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) used: i64,
    pub(crate) reserved: i64,
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

    fn account(&self, code: &Code, scope: Scope, period: Period, unit: Unit) -> Option<Account> {
        let window = period.window(self.on, self.policy_year_from, self.visit)?;
        Some(Account { code: code.clone(), scope, period, window, unit })
    }
}

//! The limits that a line counts against, and the accounts their use is kept on.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::input::AdjudicationInput;
use crate::{
    benefits::domain::ledger::{Account, Occasion},
    plans::domain::{Benefit, period::Period},
};

/// A limit, ceiling or deductible that care under a benefit counts against.
#[derive(Debug, Clone)]
pub(super) struct Counter {
    pub(super) kind: CounterKind,
    pub(super) account: Account,
    /// What the account may reach, the family's size reckoned in.
    pub(super) most: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CounterKind {
    /// The benefit's own limit.
    Category,
    Deductible,
    Ceiling,
}

/// Every account that the case may take from, sorted, each once: what is to be locked before it is adjudicated.
pub(crate) fn accounts(case: &AdjudicationInput<'_>) -> Vec<Account> {
    let covered = case.lines.iter().filter_map(|line| Some((case.benefit_of(line)?, line.date)));
    let counters = covered.flat_map(|(benefit, date)| counters(case, benefit, date));
    let distinct: BTreeSet<Account> = counters.map(|counter| counter.account).collect();
    distinct.into_iter().collect()
}

/// What care under a benefit on a day counts against, in the plan's order: nothing when it is not covered, and no
/// ceiling for those who are exempt.
pub(super) fn counters(case: &AdjudicationInput<'_>, benefit: &Benefit, date: NaiveDate) -> Vec<Counter> {
    if !benefit.covered {
        return Vec::new();
    }
    // A visit's lines may have several days, but the visit has one account.
    let occasion = |period| Occasion {
        on: if period == Period::Visit { case.visited_on } else { date },
        policy_year_from: case.policy_year_from,
        visit: Some(case.visit),
    };
    let counter = |kind, account: Option<Account>, most| Some(Counter { kind, account: account?, most });
    let own = benefit.limits.iter().map(|limit| {
        let account = occasion(limit.period).limit(&benefit.code, limit);
        counter(CounterKind::Category, account, limit.most_for(case.family_size))
    });
    let deductible = case
        .plan
        .deductible_of(benefit)
        .map(|it| counter(CounterKind::Deductible, occasion(it.period).deductible(it), it.amount));
    let exempt = benefit.ceiling_exempt.contains(&case.age_group());
    let ceilings = case.plan.ceilings_of(benefit).filter(|_| !exempt).map(|it| {
        let account = occasion(it.limit.period).limit(&it.code, &it.limit);
        counter(CounterKind::Ceiling, account, it.limit.most_for(case.family_size))
    });
    own.chain(deductible).chain(ceilings).flatten().collect()
}

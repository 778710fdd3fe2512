//! The benefit statement: what is covered, what is used of it and what is left.

pub(crate) mod ledger;
pub(crate) mod posting;
pub(crate) mod refusal;

use chrono::NaiveDate;

use crate::{
    coverages::domain::Coverage,
    plans::domain::reason::Reason,
    plans::domain::{
        Benefit, Ceiling, Code, Deductible, Limit, PlanDefinition, Scope, Unit, period::Period,
        service_type::ServiceType,
    },
};
use ledger::{Account, Occasion};

/// Whose benefits, where and when.
#[derive(Debug, Clone)]
pub(crate) struct Subject<'a> {
    pub(crate) coverage: &'a Coverage,
    pub(crate) occasion: Occasion,
    pub(crate) adult: bool,
    pub(crate) family_size: u32,
    /// The service types that the facility is not contracted for.
    pub(crate) not_contracted: Vec<ServiceType>,
    /// Only benefits of this kind of care.
    pub(crate) only: Option<ServiceType>,
}

/// What is used and reserved of one account in the window that holds the day; no balance means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(crate) account: String,
    pub(crate) scope: Scope,
    pub(crate) period: Period,
    pub(crate) unit: Unit,
    pub(crate) used: i64,
    pub(crate) reserved: i64,
}

/// The statement; it borrows its texts from the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    /// Why the coverage is not in force; none when it is.
    pub(crate) refusal: Option<Reason>,
    pub(crate) benefits: Vec<BenefitLine<'a>>,
    pub(crate) ceilings: Vec<(&'a Ceiling, LimitLine)>,
}

/// One category of care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BenefitLine<'a> {
    pub(crate) benefit: &'a Benefit,
    /// Why it is not covered; none when it is.
    pub(crate) reason: Option<Reason>,
    pub(crate) limits: Vec<LimitLine>,
    pub(crate) deductible: Option<LimitLine>,
}

/// A limit and what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LimitLine {
    pub(crate) period: Period,
    pub(crate) scope: Scope,
    pub(crate) unit: Unit,
    pub(crate) most: i64,
    pub(crate) used: i64,
    pub(crate) reserved: i64,
    pub(crate) next_reset: Option<NaiveDate>,
}

impl LimitLine {
    /// Never below nothing, though a family's limit may have shrunk under what it has used.
    pub(crate) fn left(&self) -> i64 {
        (self.most - self.used - self.reserved).max(0)
    }
}

/// The statement of a coverage under its plan.
pub(crate) fn statement<'a>(
    plan: &'a PlanDefinition,
    subject: &Subject<'_>,
    balances: &[Balance],
) -> Statement<'a> {
    let refusal = subject.coverage.refusal_on(subject.occasion.on);
    let shown = |benefit: &&Benefit| subject.only.as_ref().is_none_or(|only| benefit.service_type == *only);
    let shown: Vec<&Benefit> = plan.benefits.iter().filter(shown).collect();
    let ceilings = plan.ceilings.iter().filter(|ceiling| {
        shown.iter().any(|benefit| benefit.covered && benefit.ceilings.contains(&ceiling.code))
    });
    Statement {
        refusal,
        ceilings: ceilings
            .map(|ceiling| (ceiling, limit_line(subject, balances, &ceiling.code, &ceiling.limit)))
            .collect(),
        benefits: shown
            .iter()
            .map(|benefit| benefit_line(plan, subject, balances, refusal, benefit))
            .collect(),
    }
}

fn benefit_line<'a>(
    plan: &'a PlanDefinition,
    subject: &Subject<'_>,
    balances: &[Balance],
    refusal: Option<Reason>,
    benefit: &'a Benefit,
) -> BenefitLine<'a> {
    let until = benefit.waiting.until(subject.coverage.member_since, subject.adult);
    let reason = if refusal.is_some() {
        refusal
    } else if !benefit.covered {
        Some(Reason::ServiceNotCovered)
    } else if subject.not_contracted.contains(&benefit.service_type) {
        Some(Reason::ServiceNotContracted)
    } else if subject.occasion.on < until {
        Some(Reason::WaitingPeriod { until })
    } else {
        None
    };
    BenefitLine {
        benefit,
        reason,
        limits: benefit
            .limits
            .iter()
            .map(|limit| limit_line(subject, balances, &benefit.code, limit))
            .collect(),
        deductible: plan.deductible_of(benefit).map(|it| deductible_line(subject, balances, it)),
    }
}

fn limit_line(subject: &Subject<'_>, balances: &[Balance], code: &Code, limit: &Limit) -> LimitLine {
    let most = limit.most_for(subject.family_size);
    line(
        balances,
        code.as_str(),
        (limit.scope, limit.period, limit.unit),
        most,
        subject.occasion.limit(code, limit),
    )
}

fn deductible_line(subject: &Subject<'_>, balances: &[Balance], deductible: &Deductible) -> LimitLine {
    let kind = (deductible.scope, deductible.period, Unit::Amount);
    line(balances, deductible.code.as_str(), kind, deductible.amount, subject.occasion.deductible(deductible))
}

fn line(
    balances: &[Balance],
    code: &str,
    (scope, period, unit): (Scope, Period, Unit),
    most: i64,
    account: Option<Account>,
) -> LimitLine {
    let balance = balances
        .iter()
        .find(|b| b.account == code && b.scope == scope && b.period == period && b.unit == unit);
    LimitLine {
        period,
        scope,
        unit,
        most,
        used: balance.map_or(0, |balance| balance.used),
        reserved: balance.map_or(0, |balance| balance.reserved),
        next_reset: account.and_then(|account| account.window.resets),
    }
}

#[cfg(test)]
mod tests;

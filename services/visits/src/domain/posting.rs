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

/// How postings take: a pre-authorization's hold, a claim's are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taking {
    Reserve,
    Commit,
}

impl Taking {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Reserve => "RESERVE",
            Self::Commit => "COMMIT",
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

#[cfg(test)]
mod tests {
    use super::super::period::Period;
    use super::super::plan::tests::{benefit, plan};
    use super::super::plan::{Ceiling, Code, Deductible, Growth, Limit, Scope, Unit};
    use super::*;

    #[test]
    fn care_touches_its_own_limits_then_the_deductible_then_the_ceilings() {
        let code = |text: &str| Code::parse(text).unwrap();
        let growth = Some(Growth { above_members: 1, each: 10, cap: 35 });
        let limit = |period, scope, most| Limit { period, scope, unit: Unit::Amount, most, growth: None };
        let care = Benefit {
            limits: vec![limit(Period::Visit, Scope::Member, 5), limit(Period::Lifetime, Scope::Member, 50)],
            deductible: Some(code("DED")),
            ceilings: vec![code("ALL")],
            ..benefit("CARE", "DENTAL")
        };
        let mut plan = plan(vec![care.clone()]);
        let shared = Limit { growth, ..limit(Period::PolicyYear, Scope::Family, 20) };
        plan.ceilings = vec![Ceiling { code: code("ALL"), names: plan.names.clone(), limit: shared }];
        plan.deductibles =
            vec![Deductible { code: code("DED"), period: Period::Month, scope: Scope::Member, amount: 7 }];
        let day = |text: &str| text.parse().unwrap();
        let occasion = Occasion { on: day("2026-06-01"), policy_year_from: day("2026-02-01"), visit: None };
        let touched = occasion.accounts(&plan, &care, 3);
        let said: Vec<_> =
            touched.iter().map(|(it, most)| (it.code.as_str(), it.window.key.as_str(), *most)).collect();
        // Without a visit, what is counted by the visit is not counted.
        assert_eq!(said, [("CARE", "L", 50), ("DED", "M:2026-06", 7), ("ALL", "Y:2026-02-01", 35)]);
    }
}

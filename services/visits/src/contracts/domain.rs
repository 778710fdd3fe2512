//! What a payer and a facility agreed: which kinds of care, from when to when.

use careway_kernel::{ContractId, OrganizationId};
use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::plans::domain::service_type::ServiceType;

/// A contract. No two of one payer and one facility overlap; the database sees to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contract {
    pub(crate) id: ContractId,
    pub(crate) payer: OrganizationId,
    pub(crate) facility: OrganizationId,
    pub(crate) service_types: Vec<ServiceType>,
    pub(crate) from: NaiveDate,
    /// Inclusive; none while there is no last day.
    pub(crate) to: Option<NaiveDate>,
    pub(crate) clauses: Clauses,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

/// What a contract says beside its kinds of care and days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clauses {
    /// Care of whoever was admitted to stay under it ends with its last day, and not with the discharge.
    pub(crate) inpatients_to_last_day: bool,
    /// So many days after its payment a claim may be corrected.
    pub(crate) correction_days: u16,
}

impl Clauses {
    /// The longest time for corrections.
    pub(crate) const MOST_CORRECTION_DAYS: u16 = 1_095;
}

impl Default for Clauses {
    fn default() -> Self {
        Self { inpatients_to_last_day: false, correction_days: 365 }
    }
}

/// From when to when something is agreed, and what more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) from: NaiveDate,
    /// Inclusive; none while there is no last day.
    pub(crate) to: Option<NaiveDate>,
    pub(crate) clauses: Clauses,
}

impl Term {
    /// Whether it is agreed on that day.
    pub(crate) fn holds(self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// Why a contract cannot be made or changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ContractRefusal {
    #[error("The date lies outside the contract's period.")]
    OutsidePeriod,
    #[error("There is another contract with this facility in this period.")]
    Overlaps,
}

impl Contract {
    /// Ends on that day; with the day before its first, it never was in force. It cannot be made longer so: what is
    /// agreed anew is a contract of its own.
    pub(crate) fn end(mut self, last_day: NaiveDate) -> Result<Self, ContractRefusal> {
        let earliest = self.from.checked_sub_days(Days::new(1)).ok_or(ContractRefusal::OutsidePeriod)?;
        if last_day < earliest || self.to.is_some_and(|to| last_day > to) {
            return Err(ContractRefusal::OutsidePeriod);
        }
        self.to = Some(last_day);
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;

    #[test]
    fn a_contract_ends_but_never_grows() {
        let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let open = Contract {
            id: ContractId::new(&clock),
            payer: OrganizationId::new(&clock),
            facility: OrganizationId::new(&clock),
            service_types: vec![ServiceType::parse("DENTAL").unwrap()],
            from: day("2026-01-01"),
            to: None,
            clauses: Clauses::default(),
            version: 1,
            created_at: clock.now(),
        };
        let ended = open.clone().end(day("2026-06-30")).unwrap();
        assert_eq!((ended.to, ended.version), (Some(day("2026-06-30")), 2));
        assert_eq!(ended.end(day("2026-07-01")), Err(ContractRefusal::OutsidePeriod));
        assert!(open.clone().end(day("2025-12-31")).is_ok());
        assert_eq!(open.end(day("2025-12-30")), Err(ContractRefusal::OutsidePeriod));
    }
}

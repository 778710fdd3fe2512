//! A payer's rules for pre-authorizations and claims.

use careway_kernel::Money;
use chrono::{Datelike, Duration, NaiveDate};

/// When the medical file of a visit may be shown to the payer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MedicalFileSharing {
    Never,
    WithConsent,
    Always,
}

impl MedicalFileSharing {
    pub(crate) const ALL: [Self; 3] = [Self::Never, Self::WithConsent, Self::Always];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "NEVER",
            Self::WithConsent => "WITH_CONSENT",
            Self::Always => "ALWAYS",
        }
    }
}

/// The rules, as they are when a payer sets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClaimRules {
    /// What is in order and costs the payer at most this is decided without review; nothing is where none.
    pub(crate) automatic_up_to: Option<Money>,
    /// Care of a month is claimed until this day of the next, 1 to 28.
    pub(crate) submission_deadline_day: u8,
    /// How often a rejected claim may be submitted again.
    pub(crate) resubmissions_most: u8,
    pub(crate) appeal_days: u16,
    pub(crate) preauthorization_urgent_hours: u16,
    pub(crate) preauthorization_standard_hours: u16,
    /// Within how many hours a facility answers a question.
    pub(crate) information_hours: u16,
    pub(crate) preauthorization_valid_days: u16,
    pub(crate) medical_file_sharing: MedicalFileSharing,
    /// 0 while nothing was set.
    pub(crate) version: i64,
}

impl Default for ClaimRules {
    fn default() -> Self {
        Self {
            automatic_up_to: None,
            submission_deadline_day: 15,
            resubmissions_most: 3,
            appeal_days: 30,
            preauthorization_urgent_hours: 72,
            preauthorization_standard_hours: 168,
            information_hours: 72,
            preauthorization_valid_days: 30,
            medical_file_sharing: MedicalFileSharing::WithConsent,
            version: 0,
        }
    }
}

impl ClaimRules {
    /// Whether something in order that costs the payer this much is decided without review.
    pub(crate) fn is_automatic(&self, cost: Money) -> bool {
        self.automatic_up_to.is_some_and(|most| most.currency == cost.currency && cost.minor <= most.minor)
    }

    /// The last day on which care given that day may be claimed.
    pub(crate) fn submission_deadline(&self, given_on: NaiveDate) -> NaiveDate {
        let (year, month) = match given_on.month() {
            12 => (given_on.year() + 1, 1),
            month => (given_on.year(), month + 1),
        };
        NaiveDate::from_ymd_opt(year, month, u32::from(self.submission_deadline_day))
            .unwrap_or(NaiveDate::MAX)
    }

    /// How long the payer may take to decide a pre-authorization.
    pub(crate) fn decision_time(&self, urgent: bool) -> Duration {
        let hours =
            if urgent { self.preauthorization_urgent_hours } else { self.preauthorization_standard_hours };
        Duration::hours(hours.into())
    }
}

#[cfg(test)]
mod tests {
    use careway_kernel::Currency;

    use super::*;

    #[test]
    fn care_of_a_month_is_claimed_until_a_day_of_the_next() {
        let deadline =
            |day: &str| ClaimRules::default().submission_deadline(day.parse().unwrap()).to_string();
        assert_eq!(deadline("2026-01-31"), "2026-02-15");
        assert_eq!(deadline("2026-12-01"), "2027-01-15");
    }

    #[test]
    fn what_is_urgent_is_decided_sooner() {
        let rules = ClaimRules::default();
        assert_eq!(
            [rules.decision_time(true), rules.decision_time(false)].map(|it| it.num_hours()),
            [72, 168]
        );
    }

    #[test]
    fn nothing_is_automatic_beyond_the_amount_or_in_another_currency() {
        let rwf = |minor| Money::new(Currency::Rwf, minor);
        assert!(!ClaimRules::default().is_automatic(rwf(0)));
        let rules = ClaimRules { automatic_up_to: Some(rwf(5_000)), ..Default::default() };
        assert!(rules.is_automatic(rwf(5_000)));
        assert!(!rules.is_automatic(rwf(5_001)) && !rules.is_automatic(Money::new(Currency::Ron, 1)));
    }
}

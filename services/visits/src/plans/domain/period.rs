//! The periods limits are counted by, and the window of each that a day falls into.

use careway_kernel::VisitId;
use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// How long a limit lasts before it starts afresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Period {
    Visit,
    Day,
    Month,
    PolicyYear,
    Lifetime,
}

impl Period {
    pub(crate) const ALL: [Self; 5] = [Self::Visit, Self::Day, Self::Month, Self::PolicyYear, Self::Lifetime];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Visit => "VISIT",
            Self::Day => "DAY",
            Self::Month => "MONTH",
            Self::PolicyYear => "POLICY_YEAR",
            Self::Lifetime => "LIFETIME",
        }
    }

    /// The window of this period that holds `day`. Policy years start on the anniversary of `policy_year_from`.
    /// None for a visit's window when there is no visit.
    pub(crate) fn window(
        self,
        day: NaiveDate,
        policy_year_from: NaiveDate,
        visit: Option<VisitId>,
    ) -> Option<Window> {
        Some(match self {
            Self::Visit => Window { key: format!("V:{}", visit?), days: Some((day, day)), resets: None },
            Self::Day => Window::until_next(format!("D:{day}"), day, next_day(day)),
            Self::Month => {
                let first = day.with_day(1).unwrap_or(day);
                let next = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
                Window::until_next(format!("M:{}", first.format("%Y-%m")), first, next)
            }
            Self::PolicyYear => {
                let (first, next) = policy_year(day, policy_year_from);
                Window::until_next(format!("Y:{first}"), first, next)
            }
            Self::Lifetime => Window { key: "L".to_owned(), days: None, resets: None },
        })
    }
}

/// One day, month, year, visit or lifetime, by the key the ledger keeps it under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Window {
    pub(crate) key: String,
    /// The first and the last day, both inclusive; none of a lifetime.
    pub(crate) days: Option<(NaiveDate, NaiveDate)>,
    /// The first day of the next window; none of a visit or a lifetime.
    pub(crate) resets: Option<NaiveDate>,
}

impl Window {
    fn until_next(key: String, starts: NaiveDate, next: NaiveDate) -> Self {
        let ends = next.checked_sub_days(Days::new(1)).unwrap_or(next);
        Self { key, days: Some((starts, ends)), resets: Some(next) }
    }
}

/// The first days of the policy year that holds `day` and of the one after it.
fn policy_year(day: NaiveDate, anchor: NaiveDate) -> (NaiveDate, NaiveDate) {
    let this = anniversary(anchor, day.year());
    if this <= day {
        (this, anniversary(anchor, day.year() + 1))
    } else {
        (anniversary(anchor, day.year() - 1), this)
    }
}

/// The anniversary in a year. Of 29 February it is 1 March where there is no such day: a year is over when its
/// last day has passed.
fn anniversary(anchor: NaiveDate, year: i32) -> NaiveDate {
    anchor.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1)).unwrap_or(anchor)
}

fn next_day(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn year(on: &str, anchor: &str) -> (String, String) {
        let window = Period::PolicyYear.window(day(on), day(anchor), None).unwrap();
        (window.days.unwrap().0.to_string(), window.resets.unwrap().to_string())
    }

    #[test]
    fn policy_years_run_from_the_anniversary() {
        let of = |from: &str, next: &str| (from.to_owned(), next.to_owned());
        assert_eq!(year("2026-03-14", "2024-03-15"), of("2025-03-15", "2026-03-15"));
        assert_eq!(year("2026-03-15", "2024-03-15"), of("2026-03-15", "2027-03-15"));
    }

    #[test]
    fn a_year_from_29_february_ends_with_the_last_of_february() {
        let of = |from: &str, next: &str| (from.to_owned(), next.to_owned());
        assert_eq!(year("2025-02-28", "2024-02-29"), of("2024-02-29", "2025-03-01"));
        assert_eq!(year("2025-03-01", "2024-02-29"), of("2025-03-01", "2026-03-01"));
        assert_eq!(year("2028-02-28", "2024-02-29"), of("2027-03-01", "2028-02-29"));
        assert_eq!(year("2028-02-29", "2024-02-29"), of("2028-02-29", "2029-03-01"));
    }

    #[test]
    fn each_period_has_its_key_and_its_reset() {
        let visit = VisitId::new(&Clock::system());
        let of = |period: Period| period.window(day("2026-12-31"), day("2026-01-01"), Some(visit)).unwrap();
        assert_eq!(of(Period::Visit).key, format!("V:{visit}"));
        assert_eq!(of(Period::Visit).resets, None);
        assert_eq!(of(Period::Day).key, "D:2026-12-31");
        assert_eq!(of(Period::Month).key, "M:2026-12");
        assert_eq!(of(Period::Month).resets, Some(day("2027-01-01")));
        assert_eq!(of(Period::PolicyYear).key, "Y:2026-01-01");
        assert_eq!(of(Period::Lifetime).resets, None);
        assert_eq!(Period::Visit.window(day("2026-12-31"), day("2026-01-01"), None), None);
    }

    proptest! {
        #[test]
        fn windows_hold_their_day_and_follow_without_gap(
            days in 0_i64..40_000,
            anchor in 0_i64..40_000,
            at in 1_usize..4,
        ) {
            let epoch = day("1990-01-01");
            let (on, anchor) = (epoch + chrono::Duration::days(days), epoch + chrono::Duration::days(anchor));
            let period = Period::ALL[at];
            let window = period.window(on, anchor, None).unwrap();
            let (starts, ends) = window.days.unwrap();
            prop_assert!(starts <= on && on <= ends);
            let next = window.resets.unwrap();
            prop_assert_eq!(next, ends + chrono::Duration::days(1));
            prop_assert_eq!(period.window(next, anchor, None).unwrap().days.unwrap().0, next);
            prop_assert_eq!(period.window(starts, anchor, None).unwrap(), window);
        }
    }
}

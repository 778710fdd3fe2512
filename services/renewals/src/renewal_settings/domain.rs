//! An authority's settings. What money and cards depend on is dated: a payment is judged by what holds on its day.

use careway_kernel::Percent;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The settings, as they are kept. Each list is in the order of its days; before the first entry the law's default holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RenewalSettings {
    /// A month's base salary in dong; there is no default.
    pub(crate) base_salaries: Vec<Dated<i64>>,
    /// A month's contribution, of the base salary.
    pub(crate) contribution_rates: Vec<Dated<Percent>>,
    /// What each payer of a household pays of the contribution, by rank.
    pub(crate) household_ladders: Vec<Dated<Vec<Percent>>>,
    /// For how many months is paid at once.
    pub(crate) offered_months: Vec<Dated<Vec<i32>>>,
    /// When a card begins that is renewed late.
    pub(crate) gap_rules: Vec<Dated<GapRule>>,
    /// A card is due for so many days before it ends.
    pub(crate) window_days: i32,
    /// It stays listed for so many days after.
    pub(crate) lapsed_days: i32,
    /// It is renewed at most so many days before it ends.
    pub(crate) earliest_days: i32,
    /// A renewal is undone within so many days.
    pub(crate) undo_days: i32,
}

/// What holds from a day on, until the next entry's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dated<T> {
    pub(crate) from: NaiveDate,
    pub(crate) value: T,
}

/// When a card begins that is renewed late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GapRule {
    /// After fewer days without a card the new one begins with the payment.
    pub(crate) gap_days: i32,
    /// After as many or more it begins so many days after the payment.
    pub(crate) waiting_days: i32,
}

/// What a payment of one day is reckoned by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rates {
    /// A month's base salary in dong.
    pub(crate) base_salary: i64,
    /// A month's contribution, of the base salary.
    pub(crate) percent: Percent,
    /// What each payer of a household pays of the contribution, by rank; whoever comes after the last pays as the last does.
    pub(crate) ladder: Vec<Percent>,
    /// For how many months is paid at once.
    pub(crate) months: Vec<i32>,
    /// After fewer days without a card the new one begins with the payment.
    pub(crate) gap_days: i32,
    /// After as many or more it begins so many days after the payment.
    pub(crate) waiting_days: i32,
}

impl Default for RenewalSettings {
    fn default() -> Self {
        Self {
            base_salaries: Vec::new(),
            contribution_rates: Vec::new(),
            household_ladders: Vec::new(),
            offered_months: Vec::new(),
            gap_rules: Vec::new(),
            window_days: 30,
            lapsed_days: 30,
            earliest_days: 60,
            undo_days: 30,
        }
    }
}

impl GapRule {
    /// As the law has it.
    const LAW: Self = Self { gap_days: 90, waiting_days: 30 };
}

impl RenewalSettings {
    /// What a payment of that day is reckoned by; none where the authority set no base salary for it.
    pub(crate) fn at(&self, day: NaiveDate) -> Option<Rates> {
        let base_salary = *holding(&self.base_salaries, day)?;
        let gap = holding(&self.gap_rules, day).copied().unwrap_or(GapRule::LAW);
        Some(Rates {
            base_salary,
            percent: holding(&self.contribution_rates, day).copied().unwrap_or_else(|| hundredths(450)),
            ladder: holding(&self.household_ladders, day).cloned().unwrap_or_else(law_ladder),
            months: holding(&self.offered_months, day).cloned().unwrap_or_else(|| vec![3, 6, 12]),
            gap_days: gap.gap_days,
            waiting_days: gap.waiting_days,
        })
    }
}

/// The latest entry that has begun by that day.
fn holding<T>(entries: &[Dated<T>], day: NaiveDate) -> Option<&T> {
    entries.iter().take_while(|entry| entry.from <= day).last().map(|entry| &entry.value)
}

fn law_ladder() -> Vec<Percent> {
    [10_000, 7_000, 6_000, 5_000, 4_000].map(hundredths).into()
}

fn hundredths(hundredths: u16) -> Percent {
    Percent::from_hundredths(hundredths).expect("a share of a hundred")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn since<T>(from: &str, value: T) -> Dated<T> {
        Dated { from: day(from), value }
    }

    #[test]
    fn the_law_holds_where_the_authority_says_nothing_but_for_the_base_salary() {
        assert_eq!(RenewalSettings::default().at(day("2026-11-28")), None);
        let settings = RenewalSettings {
            base_salaries: vec![since("2019-07-01", 1_490_000), since("2023-07-01", 1_800_000)],
            ..Default::default()
        };
        assert_eq!(settings.at(day("2019-06-30")), None);
        let rates = settings.at(day("2023-06-30")).unwrap();
        assert_eq!(
            (rates.base_salary, rates.percent.to_string(), rates.months, rates.gap_days, rates.waiting_days),
            (1_490_000, "4.5".to_owned(), vec![3, 6, 12], 90, 30)
        );
        let ladder: Vec<_> = rates.ladder.iter().map(ToString::to_string).collect();
        assert_eq!(ladder, ["100", "70", "60", "50", "40"]);
        assert_eq!(settings.at(day("2023-07-01")).unwrap().base_salary, 1_800_000);
    }

    #[test]
    fn each_list_changes_on_days_of_its_own() {
        let settings = RenewalSettings {
            base_salaries: vec![since("2019-07-01", 1_490_000)],
            contribution_rates: vec![since("2027-01-01", hundredths(500))],
            offered_months: vec![since("2026-01-01", vec![12])],
            gap_rules: vec![since("2026-06-01", GapRule { gap_days: 60, waiting_days: 15 })],
            ..Default::default()
        };
        let rates = settings.at(day("2026-05-31")).unwrap();
        assert_eq!((rates.percent.hundredths(), rates.months, rates.gap_days), (450, vec![12], 90));
        let rates = settings.at(day("2027-01-01")).unwrap();
        assert_eq!((rates.percent.hundredths(), rates.gap_days, rates.waiting_days), (500, 60, 15));
    }

    #[test]
    fn what_was_kept_before_a_setting_existed_has_its_default() {
        let kept = r#"{"base_salaries": [{"from": "2024-07-01", "value": 2340000}], "window_days": 14}"#;
        let settings: RenewalSettings = serde_json::from_str(kept).unwrap();
        assert_eq!((settings.window_days, settings.undo_days), (14, 30));
        assert_eq!(settings.at(day("2024-07-01")).unwrap().base_salary, 2_340_000);
        let again = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<RenewalSettings>(&again).unwrap(), settings);
    }
}

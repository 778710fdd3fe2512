//! Settings over the wire: read strictly, what is left out by default, and shown.

use careway_contract::renewals::v1 as proto;
use careway_kernel::{Currency, Money, Percent, Violations, parse_date};
use careway_service::{money, version};
use chrono::NaiveDate;

use super::domain::{Dated, GapRule, RenewalSettings};

/// Entries of one list.
const MOST_ENTRIES: usize = 50;
/// Ranks that have a share of their own.
const MOST_RANKS: usize = 20;
/// Numbers of months that are offered.
const MOST_OFFERED: usize = 12;
/// A month's base salary, at most.
const HIGHEST_SALARY: i64 = 1_000_000_000;

/// Reads settings; the version that is set is the caller's to give.
pub(crate) fn parse(v: &mut Violations, given: &proto::RenewalSettings) -> Option<RenewalSettings> {
    let base_salaries = dated(v, "baseSalaries", &given.base_salaries, |entry| &entry.from, base_salary);
    let contribution_rates =
        dated(v, "contributionRates", &given.contribution_rates, |entry| &entry.from, contribution_rate);
    let household_ladders =
        dated(v, "householdLadders", &given.household_ladders, |entry| &entry.from, household_ladder);
    let offered_months =
        dated(v, "offeredMonths", &given.offered_months, |entry| &entry.from, offered_months);
    let gap_rules = dated(v, "gapRules", &given.gap_rules, |entry| &entry.from, gap_rule);
    let defaults = RenewalSettings::default();
    let window_days = days(v, "windowDays", given.window_days, (1, 90), defaults.window_days);
    let lapsed_days = days(v, "lapsedDays", given.lapsed_days, (0, 365), defaults.lapsed_days);
    let earliest_days = days(v, "earliestDays", given.earliest_days, (1, 365), defaults.earliest_days);
    let undo_days = days(v, "undoDays", given.undo_days, (0, 365), defaults.undo_days);
    v.check("earliestDays", earliest_days >= window_days, "must not be fewer than windowDays");
    Some(RenewalSettings {
        base_salaries: base_salaries?,
        contribution_rates: contribution_rates?,
        household_ladders: household_ladders?,
        offered_months: offered_months?,
        gap_rules: gap_rules?,
        window_days,
        lapsed_days,
        earliest_days,
        undo_days,
    })
}

/// A list of entries in the order of their days, which differ.
fn dated<E, T>(
    v: &mut Violations,
    field: &str,
    entries: &[E],
    from: impl Fn(&E) -> &str,
    parse: impl Fn(&mut Violations, &E) -> Option<T>,
) -> Option<Vec<Dated<T>>> {
    v.check(field, entries.len() <= MOST_ENTRIES, format!("must not have more than {MOST_ENTRIES} entries"));
    let mut known: Vec<NaiveDate> = Vec::new();
    let mut list = v.each(field, entries.iter().take(MOST_ENTRIES), |v, entry| {
        let day = v.required("from", from(entry), parse_date);
        let value = parse(v, entry);
        let day = day?;
        v.check("from", !known.contains(&day), "must be another day than that of the other entries");
        known.push(day);
        Some(Dated { from: day, value: value? })
    })?;
    list.sort_by_key(|entry| entry.from);
    Some(list)
}

fn base_salary(v: &mut Violations, entry: &proto::BaseSalary) -> Option<i64> {
    v.within("amount", |v| {
        let amount = v.present("", entry.amount.as_ref())?;
        let money =
            v.required("amount", amount.amount.as_str(), |text| Money::parse(&amount.currency, text))?;
        v.check("currency", money.currency == Currency::Vnd, "must be VND");
        v.check("amount", (1..=HIGHEST_SALARY).contains(&money.minor), "must be above 0, to 1000000000");
        Some(money.minor)
    })
}

fn contribution_rate(v: &mut Violations, entry: &proto::ContributionRate) -> Option<Percent> {
    v.required("percent", entry.percent.as_str(), Percent::parse)
}

fn household_ladder(v: &mut Violations, entry: &proto::HouseholdLadder) -> Option<Vec<Percent>> {
    v.check("percents", (1..=MOST_RANKS).contains(&entry.percents.len()), "must have 1 to 20 percentages");
    v.each("percents", entry.percents.iter().take(MOST_RANKS), |v, percent| {
        v.required("", percent.as_str(), Percent::parse)
    })
}

fn offered_months(v: &mut Violations, entry: &proto::OfferedMonths) -> Option<Vec<i32>> {
    let mut months = entry.months.clone();
    months.sort_unstable();
    months.dedup();
    let sound = (1..=MOST_OFFERED).contains(&entry.months.len())
        && months.len() == entry.months.len()
        && months.iter().all(|months| (1..=60).contains(months));
    v.check("months", sound, "must have 1 to 12 different numbers, each 1 to 60");
    Some(months)
}

fn gap_rule(v: &mut Violations, entry: &proto::GapRule) -> Option<GapRule> {
    v.check("gapDays", (0..=366).contains(&entry.gap_days), "must be 0 to 366");
    v.check("waitingDays", (0..=366).contains(&entry.waiting_days), "must be 0 to 366");
    Some(GapRule { gap_days: entry.gap_days, waiting_days: entry.waiting_days })
}

fn days(v: &mut Violations, field: &str, given: Option<i32>, (least, most): (i32, i32), default: i32) -> i32 {
    let days = given.unwrap_or(default);
    v.check(field, (least..=most).contains(&days), format!("must be {least} to {most}"));
    days
}

pub(crate) fn settings(settings: &RenewalSettings, changes: i64) -> proto::RenewalSettings {
    let dong = |amount: i64| money(Money::new(Currency::Vnd, amount));
    proto::RenewalSettings {
        base_salaries: each(&settings.base_salaries, |from, amount| proto::BaseSalary {
            from,
            amount: Some(dong(*amount)),
        }),
        contribution_rates: each(&settings.contribution_rates, |from, percent| proto::ContributionRate {
            from,
            percent: percent.to_string(),
        }),
        household_ladders: each(&settings.household_ladders, |from, percents| proto::HouseholdLadder {
            from,
            percents: percents.iter().map(ToString::to_string).collect(),
        }),
        offered_months: each(&settings.offered_months, |from, months| proto::OfferedMonths {
            from,
            months: months.clone(),
        }),
        gap_rules: each(&settings.gap_rules, |from, rule| proto::GapRule {
            from,
            gap_days: rule.gap_days,
            waiting_days: rule.waiting_days,
        }),
        window_days: Some(settings.window_days),
        lapsed_days: Some(settings.lapsed_days),
        earliest_days: Some(settings.earliest_days),
        undo_days: Some(settings.undo_days),
        version: Some(version(changes)),
    }
}

fn each<T, E>(entries: &[Dated<T>], show: impl Fn(String, &T) -> E) -> Vec<E> {
    entries.iter().map(|entry| show(entry.from.to_string(), &entry.value)).collect()
}

#[cfg(test)]
mod tests {
    use careway_contract::types::v1::Money as MoneyMessage;

    use super::*;

    fn salary(from: &str, currency: &str, amount: &str) -> proto::BaseSalary {
        let amount = MoneyMessage { currency: currency.to_owned(), amount: amount.to_owned() };
        proto::BaseSalary { from: from.to_owned(), amount: Some(amount) }
    }

    fn fields(given: &proto::RenewalSettings) -> Vec<String> {
        let mut v = Violations::default();
        parse(&mut v, given);
        v.iter().map(|violation| violation.field.clone()).collect()
    }

    #[test]
    fn what_is_left_out_is_the_default_and_what_is_shown_can_be_set() {
        let mut v = Violations::default();
        assert_eq!(parse(&mut v, &proto::RenewalSettings::default()), Some(RenewalSettings::default()));
        let given = proto::RenewalSettings {
            base_salaries: vec![
                salary("2023-07-01", "VND", "1800000"),
                salary("2019-07-01", "VND", "1490000"),
            ],
            contribution_rates: vec![proto::ContributionRate {
                from: "2027-01-01".to_owned(),
                percent: "5.25".to_owned(),
            }],
            household_ladders: vec![proto::HouseholdLadder {
                from: "2014-01-01".to_owned(),
                percents: vec!["100".to_owned(), "70".to_owned()],
            }],
            offered_months: vec![proto::OfferedMonths { from: "2026-01-01".to_owned(), months: vec![12, 6] }],
            gap_rules: vec![proto::GapRule { from: "2026-01-01".to_owned(), gap_days: 60, waiting_days: 0 }],
            undo_days: Some(0),
            ..Default::default()
        };
        let parsed = parse(&mut v, &given).unwrap();
        assert!(v.is_empty());
        assert_eq!(parsed.base_salaries[0].value, 1_490_000, "in the order of the days");
        assert_eq!(parse(&mut v, &settings(&parsed, 7)), Some(parsed.clone()));
        assert_eq!(settings(&parsed, 7).version, Some(7));
    }

    #[test]
    fn every_fault_is_told() {
        let wrong = proto::RenewalSettings {
            base_salaries: vec![
                salary("2019-07-01", "VND", "0"),
                salary("2019-07-01", "RON", "15"),
                proto::BaseSalary::default(),
            ],
            contribution_rates: vec![proto::ContributionRate {
                from: "x".to_owned(),
                percent: "101".to_owned(),
            }],
            household_ladders: vec![proto::HouseholdLadder {
                from: "2014-01-01".to_owned(),
                percents: Vec::new(),
            }],
            offered_months: vec![proto::OfferedMonths { from: "2014-01-01".to_owned(), months: vec![3, 3] }],
            gap_rules: vec![proto::GapRule {
                from: "2014-01-01".to_owned(),
                gap_days: -1,
                waiting_days: 367,
            }],
            window_days: Some(61),
            ..Default::default()
        };
        assert_eq!(
            fields(&wrong),
            [
                "baseSalaries[0].amount.amount",
                "baseSalaries[1].amount.currency",
                "baseSalaries[1].from",
                "baseSalaries[2].from",
                "baseSalaries[2].amount",
                "contributionRates[0].from",
                "contributionRates[0].percent",
                "householdLadders[0].percents",
                "offeredMonths[0].months",
                "gapRules[0].gapDays",
                "gapRules[0].waitingDays",
                "earliestDays",
            ]
        );
        let many = proto::RenewalSettings {
            base_salaries: vec![proto::BaseSalary::default(); MOST_ENTRIES + 1],
            ..Default::default()
        };
        assert!(fields(&many).contains(&"baseSalaries".to_owned()));
    }
}

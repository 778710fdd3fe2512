//! A recurrence rule of RFC 5545: DAILY to YEARLY, with INTERVAL, COUNT or UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS and
//! WKST.

use std::{collections::BTreeSet, ops::RangeInclusive, str::FromStr};

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, Utc, Weekday};
use serde::{Deserialize, Serialize};

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A weekday, and which one of the month or year; 0 means each.
type Day = (i32, Weekday);

/// A rule. It is kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Rule {
    text: String,
    frequency: Frequency,
    interval: u32,
    pub(super) count: Option<u32>,
    pub(super) until: Option<DateTime<Utc>>,
    months: Vec<u32>,
    month_days: Vec<i32>,
    days: Vec<Day>,
    positions: Vec<i32>,
    week_start: Weekday,
}

/// Why a rule cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RuleRefusal {
    #[error("must be a rule of RFC 5545 such as FREQ=WEEKLY;BYDAY=MO,WE")]
    Malformed,
    #[error("must be DAILY, WEEKLY, MONTHLY or YEARLY, by nothing finer than a day")]
    TooFine,
    #[error("must end with UNTIL in UTC, such as 20271231T215959Z")]
    UntilNotUtc,
    #[error("must have COUNT or UNTIL, not both")]
    CountAndUntil,
    #[error("must be `YYYY-MM-DDTHH:MM`; in UTC with seconds and a `Z`")]
    LocalMalformed,
}

impl RuleRefusal {
    /// Its stable name.
    #[cfg(test)]
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "RRULE_MALFORMED",
            Self::TooFine => "RRULE_TOO_FINE",
            Self::UntilNotUtc => "RRULE_UNTIL_NOT_UTC",
            Self::CountAndUntil => "RRULE_COUNT_AND_UNTIL",
            Self::LocalMalformed => "LOCAL_MALFORMED",
        }
    }
}

impl Rule {
    /// Reads a rule.
    pub(crate) fn parse(text: &str) -> Result<Self, RuleRefusal> {
        let mut rule = Self {
            text: text.to_owned(),
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            month_days: Vec::new(),
            days: Vec::new(),
            positions: Vec::new(),
            week_start: Weekday::Mon,
        };
        let mut seen = BTreeSet::new();
        for part in text.split(';') {
            let (name, value) = part.split_once('=').ok_or(RuleRefusal::Malformed)?;
            if !seen.insert(name) {
                return Err(RuleRefusal::Malformed);
            }
            match name {
                "FREQ" => rule.frequency = frequency(value)?,
                "INTERVAL" => rule.interval = number(value, 1..=1000)?,
                "COUNT" => rule.count = Some(number(value, 1..=10_000)?),
                "UNTIL" => rule.until = Some(until(value)?),
                "BYMONTH" => rule.months = list(value, |month| number(month, 1..=12))?,
                "BYMONTHDAY" => rule.month_days = list(value, |day| either_side(day, 31))?,
                "BYDAY" => rule.days = list(value, day)?,
                "BYSETPOS" => rule.positions = list(value, |position| either_side(position, 366))?,
                "WKST" => rule.week_start = weekday(value)?,
                "BYHOUR" | "BYMINUTE" | "BYSECOND" => return Err(RuleRefusal::TooFine),
                _ => return Err(RuleRefusal::Malformed),
            }
        }
        if rule.count.is_some() && rule.until.is_some() {
            return Err(RuleRefusal::CountAndUntil);
        }
        let by_nothing = rule.months.is_empty() && rule.month_days.is_empty() && rule.days.is_empty();
        let numbered = rule.days.iter().any(|(at, _)| *at != 0);
        let wrong = !seen.contains("FREQ")
            || by_nothing && !rule.positions.is_empty()
            || numbered && !matches!(rule.frequency, Frequency::Monthly | Frequency::Yearly)
            || !rule.month_days.is_empty() && rule.frequency == Frequency::Weekly;
        if wrong { Err(RuleRefusal::Malformed) } else { Ok(rule) }
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The dates that it names from `start` on, up to the last of those asked for; earlier ones than these only where they
    /// count.
    pub(super) fn dates(
        &self,
        start: NaiveDate,
        asked: RangeInclusive<NaiveDate>,
    ) -> impl Iterator<Item = NaiveDate> {
        let (first, last) = asked.into_inner();
        let periods = (0..).map_while(move |at| self.period(start, at));
        let periods = periods.take_while(move |period| period.start() <= &last);
        let counts = self.count.is_some();
        periods
            .filter(move |period| counts || period.end() >= &first)
            .flat_map(move |period| self.dates_of(start, period))
            .filter(move |date| *date >= start)
    }

    /// The days, weeks, months or years that it looks at, from that of `start` on.
    fn period(&self, start: NaiveDate, at: u32) -> Option<RangeInclusive<NaiveDate>> {
        let after = at.checked_mul(self.interval)?;
        match self.frequency {
            Frequency::Daily => {
                let day = start.checked_add_days(Days::new(after.into()))?;
                Some(day..=day)
            }
            Frequency::Weekly => {
                let first = start.week(self.week_start).checked_first_day()?;
                let first = first.checked_add_days(Days::new(u64::from(after) * 7))?;
                Some(first..=first.checked_add_days(Days::new(6))?)
            }
            Frequency::Monthly => {
                let first = start.with_day(1)?.checked_add_months(Months::new(after))?;
                Some(first..=first.checked_add_months(Months::new(1))?.pred_opt()?)
            }
            Frequency::Yearly => {
                let year = start.year().checked_add(i32::try_from(after).ok()?)?;
                Some(NaiveDate::from_ymd_opt(year, 1, 1)?..=NaiveDate::from_ymd_opt(year, 12, 31)?)
            }
        }
    }

    fn dates_of(&self, start: NaiveDate, period: RangeInclusive<NaiveDate>) -> Vec<NaiveDate> {
        let (first, last) = period.into_inner();
        let days = first.iter_days().take_while(|day| *day <= last);
        let dates: Vec<NaiveDate> = days.filter(|day| self.names(start, *day)).collect();
        if self.positions.is_empty() {
            return dates;
        }
        let place = |position: &i32| {
            let from_end = i32::try_from(dates.len()).ok()? + position;
            let at = if *position > 0 { position - 1 } else { from_end };
            dates.get(usize::try_from(at).ok()?).copied()
        };
        let placed: BTreeSet<NaiveDate> = self.positions.iter().filter_map(place).collect();
        placed.into_iter().collect()
    }

    fn names(&self, start: NaiveDate, day: NaiveDate) -> bool {
        let of_month = i32::from(day.num_days_in_month());
        let (on, month) = (day.day().cast_signed(), day.month());
        let in_month = self.months.is_empty() || self.months.contains(&month);
        let by_date = |at: &i32| *at == on || *at + of_month + 1 == on;
        let on_date = self.month_days.is_empty() || self.month_days.iter().any(by_date);
        let on_day = self.days.is_empty() || self.days.iter().any(|of| self.is_that_day(day, *of));
        let as_start = self.days.is_empty() && self.month_days.is_empty();
        let like_start = match self.frequency {
            Frequency::Weekly => day.weekday() == start.weekday(),
            Frequency::Monthly => day.day() == start.day(),
            Frequency::Yearly => {
                day.day() == start.day() && (!self.months.is_empty() || month == start.month())
            }
            Frequency::Daily => true,
        };
        in_month && on_date && on_day && (!as_start || like_start)
    }

    /// Whether it is that weekday, the first or the last but one of its month; of its year where no month is named.
    fn is_that_day(&self, day: NaiveDate, (at, weekday): Day) -> bool {
        let whole_year = self.frequency == Frequency::Yearly && self.months.is_empty();
        let (before, all) = if whole_year {
            (day.ordinal0(), if day.leap_year() { 366 } else { 365 })
        } else {
            (day.day0(), u32::from(day.num_days_in_month()))
        };
        let (from_first, from_last) = (before / 7 + 1, (all - before - 1) / 7 + 1);
        let there = at == 0 || at == from_first.cast_signed() || at == -from_last.cast_signed();
        day.weekday() == weekday && there
    }
}

impl TryFrom<String> for Rule {
    type Error = RuleRefusal;

    fn try_from(text: String) -> Result<Self, RuleRefusal> {
        Self::parse(&text)
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> Self {
        rule.text
    }
}

fn frequency(value: &str) -> Result<Frequency, RuleRefusal> {
    match value {
        "DAILY" => Ok(Frequency::Daily),
        "WEEKLY" => Ok(Frequency::Weekly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "YEARLY" => Ok(Frequency::Yearly),
        "SECONDLY" | "MINUTELY" | "HOURLY" => Err(RuleRefusal::TooFine),
        _ => Err(RuleRefusal::Malformed),
    }
}

fn until(value: &str) -> Result<DateTime<Utc>, RuleRefusal> {
    let local = |text: &str| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok();
    match value.strip_suffix('Z') {
        Some(utc) => local(utc).map(|read| read.and_utc()).ok_or(RuleRefusal::Malformed),
        None if local(value).is_some() || NaiveDate::parse_from_str(value, "%Y%m%d").is_ok() => {
            Err(RuleRefusal::UntilNotUtc)
        }
        None => Err(RuleRefusal::Malformed),
    }
}

fn list<T>(value: &str, parse: impl Fn(&str) -> Result<T, RuleRefusal>) -> Result<Vec<T>, RuleRefusal> {
    value.split(',').map(parse).collect()
}

fn number<T: FromStr + PartialOrd>(text: &str, within: RangeInclusive<T>) -> Result<T, RuleRefusal> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = text.parse().ok().filter(|number| digits && within.contains(number));
    parsed.ok_or(RuleRefusal::Malformed)
}

/// Counted from the beginning, or with a minus from the end; never 0.
fn either_side(text: &str, most: i32) -> Result<i32, RuleRefusal> {
    match text.strip_prefix('-') {
        Some(digits) => number(digits, 1..=most).map(|number: i32| -number),
        None => number(text.strip_prefix('+').unwrap_or(text), 1..=most),
    }
}

fn day(text: &str) -> Result<Day, RuleRefusal> {
    let (at, name) = text.split_at_checked(text.len().saturating_sub(2)).ok_or(RuleRefusal::Malformed)?;
    let at = if at.is_empty() { 0 } else { either_side(at, 53)? };
    Ok((at, weekday(name)?))
}

fn weekday(name: &str) -> Result<Weekday, RuleRefusal> {
    match name {
        "MO" => Ok(Weekday::Mon),
        "TU" => Ok(Weekday::Tue),
        "WE" => Ok(Weekday::Wed),
        "TH" => Ok(Weekday::Thu),
        "FR" => Ok(Weekday::Fri),
        "SA" => Ok(Weekday::Sat),
        "SU" => Ok(Weekday::Sun),
        _ => Err(RuleRefusal::Malformed),
    }
}

//! When a standing campaign plans: every day, where the agency is, as soon as people may be written to; and whom a day has.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;

use super::{pace::Window, steps::StepRange};

/// Cards of the list that end on one day, and the latest step that they have their reminder of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct DayCards {
    pub(crate) last_day: NaiveDate,
    pub(crate) reminded: Option<i32>,
    pub(crate) cards: i64,
}

/// How many of the cards are at a step that they have no reminder of, nor of a later one.
pub(crate) fn recipients(ranges: &[StepRange], days: &[DayCards]) -> i64 {
    let is_at = |day: &DayCards, range: &StepRange| {
        (range.first..=range.last).contains(&day.last_day)
            && day.reminded.is_none_or(|reminded| reminded < range.step)
    };
    let at_a_step = days.iter().filter(|day| ranges.iter().any(|range| is_at(day, range)));
    at_a_step.map(|day| day.cards).sum()
}

/// The local day of an instant.
pub(crate) fn day(now: DateTime<Utc>, zone: Tz) -> NaiveDate {
    now.with_timezone(&zone).date_naive()
}

/// The next day's opening after an instant.
pub(crate) fn next_day(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let window = Window::of(zone);
    let tomorrow = day(now, zone).succ_opt();
    tomorrow.map_or(now + Duration::days(1), |tomorrow| window.opening(tomorrow))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_counted_at_its_step_until_it_has_the_reminder_or_a_later_one() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let range = |step, first, last| StepRange { step, first: day(first), last: day(last) };
        let ranges = [range(-14, "2026-12-06", "2026-12-12"), range(-7, "2026-11-28", "2026-12-05")];
        let of = |last_day, reminded, cards| DayCards { last_day: day(last_day), reminded, cards };
        let days = [
            of("2026-12-12", None, 1),
            of("2026-12-12", Some(-30), 2),
            of("2026-12-12", Some(-14), 4),
            of("2026-12-12", Some(0), 8),
            of("2026-12-05", Some(-14), 16),
            of("2026-12-13", None, 32),
        ];
        assert_eq!(recipients(&ranges, &days), 1 + 2 + 16);
    }
}

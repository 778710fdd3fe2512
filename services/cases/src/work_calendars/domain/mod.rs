//! When support works: the hours of each weekday in a zone, and dates that have hours of their own.

mod working_time;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Minutes of a day.
pub(crate) const DAY: u16 = 24 * 60;

/// Hours of a day, in minutes since its midnight by the wall clock. The last minute does not belong to them. Those that end
/// before they begin go on until then on the next date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Hours {
    pub(crate) from: u16,
    pub(crate) until: u16,
}

/// When support works. Whether it does is what the wall clock of the zone says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WorkCalendar {
    pub(crate) zone: Tz,
    /// From Monday on.
    pub(crate) week: [Vec<Hours>; 7],
    /// Dates with hours of their own, or with none. Such a date has no others, and what began the evening before ends at
    /// its midnight.
    pub(crate) exceptions: BTreeMap<NaiveDate, Vec<Hours>>,
}

impl Hours {
    /// How many minutes they have, on a day when no clock is changed.
    pub(crate) fn minutes(self) -> u16 {
        if self.is_overnight() { DAY - self.from + self.until } else { self.until - self.from }
    }

    fn is_overnight(self) -> bool {
        self.until < self.from
    }
}

impl WorkCalendar {
    /// How many minutes a week without exceptions has.
    pub(crate) fn weekly_minutes(week: &[Vec<Hours>; 7]) -> u32 {
        week.iter().flatten().map(|hours| u32::from(hours.minutes())).sum()
    }

    /// Whether hours of one day meet.
    pub(crate) fn overlap(day: &[Hours]) -> bool {
        let mut day: Vec<_> = day.iter().map(|hours| (hours.from, hours.from + hours.minutes())).collect();
        day.sort_unstable();
        day.windows(2).any(|pair| pair[1].0 < pair[0].1)
    }

    /// The hours that begin on a date.
    fn hours(&self, date: NaiveDate) -> &[Hours] {
        let weekday = date.weekday().num_days_from_monday() as usize;
        self.exceptions.get(&date).or_else(|| self.week.get(weekday)).map_or(&[], Vec::as_slice)
    }

    /// The minutes of a date that support works, each once, in order: its own hours, and the evening before's.
    fn open_minutes(&self, date: NaiveDate) -> Vec<(u16, u16)> {
        let own = self.hours(date).iter();
        let mut open: Vec<_> =
            own.map(|hours| (hours.from, if hours.is_overnight() { DAY } else { hours.until })).collect();
        if let (false, Some(eve)) = (self.exceptions.contains_key(&date), date.pred_opt()) {
            let gone_on = self.hours(eve).iter().filter(|hours| hours.is_overnight());
            open.extend(gone_on.map(|hours| (0, hours.until)));
        }
        open.sort_unstable();
        let mut reached = 0;
        open.retain_mut(|(from, until)| {
            *from = reached.max(*from);
            reached = reached.max(*until);
            from < until
        });
        open
    }
}

//! From when to when a renewed card is good.

use chrono::{Datelike, Days, Months, NaiveDate};

/// The days of a card, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
}

/// The period that a payment gives. Without a gap it begins the day after the old last day; after a gap shorter than
/// `gap_days` on the day of payment; after a longer one `waiting_days` later. None where the calendar ends.
pub(crate) fn renewed_period(
    old_last_day: NaiveDate,
    paid_on: NaiveDate,
    months: u32,
    gap_days: u32,
    waiting_days: u32,
) -> Option<Period> {
    let next = old_last_day.succ_opt()?;
    let gap = (paid_on - next).num_days();
    let from = if gap <= 0 {
        next
    } else if gap < i64::from(gap_days) {
        paid_on
    } else {
        paid_on.checked_add_days(Days::new(waiting_days.into()))?
    };
    Some(Period { from, to: last_day(from, months)? })
}

/// Months end the day before the same day of a later month; where that month has no such day, on its last one.
fn last_day(from: NaiveDate, months: u32) -> Option<NaiveDate> {
    let same_day = from.checked_add_months(Months::new(months))?;
    if same_day.day0() == from.day0() { same_day.pred_opt() } else { Some(same_day) }
}

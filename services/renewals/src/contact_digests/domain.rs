//! When an agency is told of contacts that seem wrong.

use chrono::{DateTime, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;

/// The working day begins then, by the agency's own clock.
const FROM_HOUR: u32 = 7;

/// Something is to be done as long as there are such contacts.
pub(crate) const OPEN: &str = "OPEN";
/// All were corrected.
pub(crate) const DONE: &str = "DONE";

/// The day of the digest that is due now; none in the night, or when the day has had its own.
pub(crate) fn due(now: DateTime<Utc>, zone: Tz, last: Option<NaiveDate>) -> Option<NaiveDate> {
    let local = now.with_timezone(&zone);
    let today = local.date_naive();
    (local.hour() >= FROM_HOUR && last.is_none_or(|last| last < today)).then_some(today)
}

/// Where a digest stands, with so many contacts still to be corrected.
pub(crate) fn state(contacts: i64) -> &'static str {
    if contacts > 0 { OPEN } else { DONE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_due_in_the_morning_and_once_a_day_by_the_agencys_clock() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let zone = chrono_tz::Asia::Ho_Chi_Minh;
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(due(at("2026-11-27T23:59:59Z"), zone, None), None, "06:59 there");
        assert_eq!(due(at("2026-11-28T00:00:00Z"), zone, None), Some(day("2026-11-28")));
        assert_eq!(due(at("2026-11-28T16:00:00Z"), zone, Some(day("2026-11-28"))), None);
        // Past midnight there, and still night.
        assert_eq!(due(at("2026-11-28T18:00:00Z"), zone, Some(day("2026-11-28"))), None);
        assert_eq!(due(at("2026-11-29T00:00:00Z"), zone, Some(day("2026-11-28"))), Some(day("2026-11-29")));
        assert_eq!((state(0), state(1)), (DONE, OPEN));
    }
}

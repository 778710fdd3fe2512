//! When it is told that mail waits for a person.

use chrono::{DateTime, TimeDelta, Utc};

/// Between one time and the next.
const EVERY: TimeDelta = TimeDelta::days(1);

/// Whether it is told now, while mail waits.
pub(crate) fn is_to_be_told(told_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    told_at.is_none_or(|told_at| now - told_at >= EVERY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_at_once_and_then_once_a_day() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(9);
        assert!(is_to_be_told(None, now));
        assert!(!is_to_be_told(Some(now - TimeDelta::hours(23)), now));
        assert!(is_to_be_told(Some(now - TimeDelta::days(1)), now));
    }
}

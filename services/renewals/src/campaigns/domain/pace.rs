//! When a reminder may go out: in the hours in which people take one, so many to one number in a day, and before its words
//! are over. One-time codes and what somebody asked for are not bound by it.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

/// The hours of the wall clock in which reminders go out: from `opens` until before `closes`, on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) zone: Tz,
    pub(crate) opens: NaiveTime,
    pub(crate) closes: NaiveTime,
}

/// How many reminders one number gets within a span that moves with the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cap {
    pub(crate) most: usize,
    pub(crate) within: Duration,
}

/// Three in any 24 hours, over everybody's campaigns.
pub(crate) const CAP: Cap = Cap { most: 3, within: Duration::hours(24) };

/// What becomes of a reminder that is due now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    Send,
    /// Not before then.
    Held(DateTime<Utc>),
    /// When it might go out, its words are over.
    Expired,
}

impl Window {
    /// From seven in the morning until ten at night.
    pub(crate) fn of(zone: Tz) -> Self {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).expect("a full hour");
        Self { zone, opens: hour(7), closes: hour(22) }
    }

    /// The first instant from `at` on that lies within it.
    fn next_open(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let local = at.with_timezone(&self.zone);
        let (today, time) = (local.date_naive(), local.time());
        if time < self.opens {
            self.opening(today)
        } else if time < self.closes {
            at
        } else {
            today.succ_opt().map_or(at, |tomorrow| self.opening(tomorrow))
        }
    }

    /// When it opens on a day: where the clock leaps over that time, as soon as it has leapt.
    pub(super) fn opening(&self, day: NaiveDate) -> DateTime<Utc> {
        let mut local = day.and_time(self.opens);
        loop {
            match self.zone.from_local_datetime(&local).earliest() {
                Some(instant) => return instant.with_timezone(&Utc),
                // No clock leaps by parts of a minute.
                None => local += Duration::minutes(1),
            }
        }
    }
}

impl Cap {
    /// When the number may have one more, that got some at these instants.
    fn next_free(&self, at: DateTime<Utc>, sent: &[DateTime<Utc>]) -> DateTime<Utc> {
        let mut recent: Vec<_> = sent.iter().filter(|sent| **sent + self.within > at).collect();
        recent.sort_unstable();
        match recent.len().checked_sub(self.most) {
            // As soon as it is one of fewer.
            Some(above) => *recent[above] + self.within,
            None => at,
        }
    }
}

/// What becomes of a reminder now, to a number that got some at these instants.
pub(crate) fn pace(
    now: DateTime<Utc>,
    window: Window,
    cap: Cap,
    sent: &[DateTime<Utc>],
    expires_at: Option<DateTime<Utc>>,
) -> Pace {
    let at = window.next_open(cap.next_free(now, sent));
    if expires_at.is_some_and(|expires_at| at >= expires_at) {
        Pace::Expired
    } else if at > now {
        Pace::Held(at)
    } else {
        Pace::Send
    }
}

/// When a local day is over.
pub(crate) fn end_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = Window { zone, opens: NaiveTime::MIN, closes: NaiveTime::MIN };
    midnight.opening(day.succ_opt().unwrap_or(day))
}

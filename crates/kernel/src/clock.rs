//! The clock every rule and every row takes its time from, so that a test can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// Tells the time. Cheap to clone; clones of a movable or manual clock move together.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    /// Real time plus this many microseconds.
    Movable(Arc<AtomicI64>),
    /// Stands at this many microseconds since the epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Real time: the only clock of production.
    #[must_use]
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// Real time plus an offset that [`advance`](Self::advance) grows: for tests of the running platform.
    #[must_use]
    pub fn movable() -> Self {
        Self(Kind::Movable(Arc::default()))
    }

    /// The same, from `start` on.
    #[must_use]
    pub fn movable_from(start: DateTime<Utc>) -> Self {
        Self(Kind::Movable(Arc::new(AtomicI64::new((start - real()).num_microseconds().unwrap_or_default()))))
    }

    /// Stands still at `start` until advanced: for unit tests.
    #[must_use]
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self(Kind::Manual(Arc::new(AtomicI64::new(start.timestamp_micros()))))
    }

    /// The present instant, truncated to microseconds as Postgres keeps it.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.0 {
            Kind::System => real().timestamp_micros(),
            Kind::Movable(offset) => real().timestamp_micros() + offset.load(Ordering::SeqCst),
            Kind::Manual(micros) => micros.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The local date in `zone`: what "today" and "days left" mean to the people there.
    #[must_use]
    pub fn today(&self, zone: Tz) -> NaiveDate {
        self.now().with_timezone(&zone).date_naive()
    }

    /// What to add to real time to get this clock's time; for those who keep their own, such as Redis.
    #[must_use]
    pub fn offset(&self) -> chrono::Duration {
        match &self.0 {
            Kind::System => chrono::Duration::zero(),
            Kind::Movable(offset) => chrono::Duration::microseconds(offset.load(Ordering::SeqCst)),
            Kind::Manual(_) => self.now() - real(),
        }
    }

    /// Moves a movable or manual clock, and all its clones, forward.
    ///
    /// # Panics
    /// On the system clock: nobody moves real time.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        match &self.0 {
            Kind::System => panic!("the system clock cannot be moved"),
            Kind::Movable(time) | Kind::Manual(time) => time.fetch_add(micros, Ordering::SeqCst),
        };
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
fn real() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_move_together() {
        let clock = Clock::manual("2026-03-01T22:30:00.123456789Z".parse().unwrap());
        let clone = clock.clone();
        clone.advance(Duration::from_secs(60));
        assert_eq!(clock.now().to_rfc3339(), "2026-03-01T22:31:00.123456+00:00");
    }

    #[test]
    fn today_is_the_local_date() {
        let clock = Clock::manual("2026-03-01T22:30:00Z".parse().unwrap());
        assert_eq!(clock.today(chrono_tz::UTC).to_string(), "2026-03-01");
        assert_eq!(clock.today(chrono_tz::Africa::Kigali).to_string(), "2026-03-02");
    }

    #[test]
    fn a_movable_clock_is_real_time_plus_its_offset() {
        let clock = Clock::movable();
        clock.advance(Duration::from_secs(3600));
        assert_eq!(clock.offset(), chrono::Duration::hours(1));
        let ahead = clock.now() - Utc::now();
        assert!((ahead - chrono::Duration::hours(1)).num_seconds().abs() < 5);
    }

    #[test]
    #[should_panic(expected = "cannot be moved")]
    fn the_system_clock_does_not_move() {
        Clock::system().advance(Duration::from_secs(1));
    }
}

//! The pace of a route: never more segments in any second than its carrier takes, of which bulk uses three quarters.
//! Instants are the time since some start.

use std::{collections::VecDeque, time::Duration};

use super::{lanes, message::Priority};

const SECOND: Duration = Duration::from_secs(1);

/// What was written in the last second, and how much may be.
#[derive(Debug)]
pub(crate) struct Pace {
    most: usize,
    all: VecDeque<Duration>,
    bulk: VecDeque<Duration>,
}

impl Pace {
    /// A route that takes this many segments in a second.
    pub(crate) fn new(segments_per_second: usize) -> Self {
        Self { most: segments_per_second.max(1), all: VecDeque::new(), bulk: VecDeque::new() }
    }

    /// When the next segment of this kind may go; `now` or earlier when it may at once.
    pub(crate) fn next(&self, priority: Priority) -> Duration {
        let next = |written: &VecDeque<Duration>, most: usize| match written.len().checked_sub(most) {
            Some(over) => written[over] + SECOND,
            None => Duration::ZERO,
        };
        let any = next(&self.all, self.most);
        match priority {
            Priority::Bulk => any.max(next(&self.bulk, lanes::most(Priority::Bulk, self.most))),
            _ => any,
        }
    }

    /// A segment of this kind goes now.
    pub(crate) fn record(&mut self, priority: Priority, now: Duration) {
        let forget = |written: &mut VecDeque<Duration>| {
            while written.front().is_some_and(|first| *first + SECOND <= now) {
                written.pop_front();
            }
            written.push_back(now);
        };
        forget(&mut self.all);
        if priority == Priority::Bulk {
            forget(&mut self.bulk);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes so many segments as soon as each may; answers when each went.
    fn write(pace: &mut Pace, priority: Priority, segments: usize, mut now: Duration) -> Vec<Duration> {
        let mut written = Vec::new();
        for _ in 0..segments {
            now = now.max(pace.next(priority));
            pace.record(priority, now);
            written.push(now);
        }
        written
    }

    #[test]
    fn scenarios_09_a_thousand_messages_of_three_segments_take_299_seconds_and_no_second_has_eleven() {
        let written = write(&mut Pace::new(10), Priority::Transactional, 3000, Duration::ZERO);
        assert!(written[2999] >= Duration::from_secs(299));
        for window in written.windows(11) {
            assert!(window[10] - window[0] >= SECOND);
        }
    }

    #[test]
    fn bulk_leaves_a_quarter_of_every_second() {
        let mut pace = Pace::new(10);
        let written = write(&mut pace, Priority::Bulk, 70, Duration::ZERO);
        assert!(written[69] >= Duration::from_secs(9), "seven a second");
        let now = written[69];
        assert!(pace.next(Priority::Otp) <= now, "a code goes at once");
        assert!(pace.next(Priority::Bulk) > now);
    }
}

//! Whether a channel's system is well: it takes several answers in a row to say so, or that it is not.

use super::{Cause, Connection};

/// Failures in a row that suspend a connection.
const ILL: i32 = 5;
/// Answers in a row that lift that again.
const WELL: i32 = 3;

/// How a system answered of late: one of the two is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Pulse {
    pub(crate) failures: i32,
    pub(crate) successes: i32,
}

impl Pulse {
    /// After one more answer, or none.
    pub(crate) const fn after(self, well: bool) -> Self {
        if well {
            Self { failures: 0, successes: self.successes.saturating_add(1) }
        } else {
            Self { failures: self.failures.saturating_add(1), successes: 0 }
        }
    }
}

impl Connection {
    /// Suspends the connection with a system that is not well, and lifts that when it is again; whether anything changed.
    pub(crate) fn feel(&mut self, pulse: Pulse) -> bool {
        let stopped = self.causes.contains(&Cause::Health);
        match pulse {
            Pulse { failures, .. } if failures >= ILL && !stopped => self.suspend(Cause::Health).is_ok(),
            Pulse { successes, .. } if successes >= WELL && stopped => self.resume(Cause::Health).is_ok(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_five_failures_in_a_row_and_three_answers() {
        let fold = |answers: &str| {
            answers.chars().fold(Pulse::default(), |pulse, answer| pulse.after(answer == '+'))
        };
        assert_eq!(fold("----").failures, ILL - 1);
        assert_eq!(fold("----+-").failures, 1);
        assert_eq!(fold("-----").failures, ILL);
        assert_eq!(fold("-----+++"), Pulse { failures: 0, successes: WELL });
    }
}

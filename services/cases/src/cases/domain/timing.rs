//! When the clock does something in a case: reminds, solves what nobody answers, closes what is solved.

use chrono::TimeDelta;

/// The settings of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timing {
    /// After so many working days of waiting the partner is reminded, and once more.
    pub(crate) remind_after: [u16; 2],
    /// After so many it counts as solved.
    pub(crate) solve_after: u16,
    /// So long after it was solved a case closes.
    pub(crate) close_after: TimeDelta,
}

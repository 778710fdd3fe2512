//! The steps of a campaign: how many days before or after a card's last day its holder is reminded.
//!
//! A run takes the latest step that has come: a missed day loses nobody, and nobody gets what was missed at once. Whoever
//! runs over many cards asks by ranges of last days; no card falls between them.

use chrono::{Days, NaiveDate};

/// Every step there is, in the order in which they come.
pub(crate) const STEPS: [i32; 6] = [-30, -14, -7, -1, 0, 7];

/// How many days from its own a step after the last day holds, that day included.
const LAPSED_HOLDS: i32 = 7;

/// The steps of a campaign: each once, in the order in which they come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Steps(Vec<i32>);

/// Not steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be some of -30, -14, -7, -1, 0 and 7, each once")]
pub(crate) struct InvalidSteps;

/// The last days of the cards that are reminded at a step today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StepRange {
    pub(crate) step: i32,
    pub(crate) first: NaiveDate,
    /// Inclusive.
    pub(crate) last: NaiveDate,
}

/// How far the list reaches, in days from today: nobody is reminded of what it does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) ahead: i32,
    pub(crate) behind: i32,
}

impl Steps {
    /// Reads them, in any order.
    pub(crate) fn parse(given: &[i32]) -> Result<Self, InvalidSteps> {
        let mut steps = given.to_vec();
        steps.sort_unstable();
        steps.dedup();
        let known = steps.iter().all(|step| STEPS.contains(step));
        if known && !steps.is_empty() && steps.len() == given.len() {
            Ok(Self(steps))
        } else {
            Err(InvalidSteps)
        }
    }

    /// In their order.
    pub(crate) fn as_slice(&self) -> &[i32] {
        &self.0
    }

    /// Whether people are reminded after the last day, in the words for that.
    pub(crate) fn has_lapsed(&self) -> bool {
        self.0.iter().any(|step| is_lapsed(*step))
    }

    /// Whether people are reminded up to the last day.
    pub(crate) fn has_due(&self) -> bool {
        self.0.iter().any(|step| !is_lapsed(*step))
    }

    /// Which listed cards are at which step today; a card is in one range at most.
    pub(crate) fn ranges(&self, today: NaiveDate, listed: Listed) -> Vec<StepRange> {
        let ends = self.0.iter().enumerate().map(|(at, step)| {
            let holds_until = if is_lapsed(*step) { *step + LAPSED_HOLDS } else { 0 };
            let next = self.0.get(at + 1).map_or(holds_until, |next| next - 1);
            (*step, holds_until.min(next))
        });
        // Days after the last day, counted backwards to last days.
        let ranges = ends.map(|(step, until)| StepRange {
            step,
            first: before(today, until.min(listed.behind)),
            last: before(today, step.max(-listed.ahead)),
        });
        ranges.filter(|range| range.first <= range.last).collect()
    }
}

/// Whether the card is over at this step.
pub(crate) fn is_lapsed(step: i32) -> bool {
    step > 0
}

/// The last local day on which the words of a step are true.
pub(crate) fn true_until(step: i32, last_day: NaiveDate) -> NaiveDate {
    if is_lapsed(step) { before(last_day, -(step + LAPSED_HOLDS)) } else { last_day }
}

/// The last days of all cards that may be at some step wherever the agency is, when it is this day in UTC.
pub(crate) fn reach(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let [earliest, .., latest] = STEPS;
    (before(day, latest + LAPSED_HOLDS + 1), before(day, earliest - 1))
}

/// Of every step, the first last day of a card of which its words are true today.
pub(crate) fn first_true(today: NaiveDate) -> [(i32, NaiveDate); STEPS.len()] {
    STEPS.map(|step| (step, before(today, if is_lapsed(step) { step + LAPSED_HOLDS } else { 0 })))
}

/// So many days before a day; after it for fewer than none.
fn before(day: NaiveDate, days: i32) -> NaiveDate {
    let distance = Days::new(u64::from(days.unsigned_abs()));
    let moved = if days < 0 { day.checked_add_days(distance) } else { day.checked_sub_days(distance) };
    moved.unwrap_or(day)
}

//! What is due: whole days between the agency's day and a card's last one, which is still covered.

use chrono::NaiveDate;

/// Where a card stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DueState {
    /// More days are left than the list shows.
    NotYet,
    /// To be renewed.
    Due,
    /// Over, and still to be renewed.
    Lapsed,
    /// Over for longer than the list shows.
    Gone,
}

/// Days that are left: 0 on the last day, below zero once it is over.
pub(crate) fn days_left(today: NaiveDate, last_day: NaiveDate) -> i64 {
    (last_day - today).num_days()
}

/// How far a list goes ahead and behind, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ListReach {
    pub(crate) window_days: i32,
    pub(crate) lapsed_days: i32,
}

impl ListReach {
    /// The fewest and the most days left of what a list shows as due, or as lapsed; none of what it does not show.
    pub(crate) fn days_left_of(self, state: DueState) -> Option<(i32, i32)> {
        match state {
            DueState::Due => Some((0, self.window_days)),
            DueState::Lapsed => Some((-self.lapsed_days, -1)),
            DueState::NotYet | DueState::Gone => None,
        }
    }

    /// Where a card stands with so many days left.
    pub(crate) fn state_of(self, days_left: i64) -> DueState {
        let is = |state: &DueState| {
            self.days_left_of(*state)
                .is_some_and(|(least, most)| (least.into()..=most.into()).contains(&days_left))
        };
        let beyond = if days_left < 0 { DueState::Gone } else { DueState::NotYet };
        [DueState::Due, DueState::Lapsed].into_iter().find(is).unwrap_or(beyond)
    }
}

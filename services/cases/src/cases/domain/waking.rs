//! What a case does by itself when its time has come.

use chrono::{DateTime, Utc};

use super::{
    Actor, Case, State,
    step::{CaseEvent, Change, Step},
    timing::Timing,
};
use crate::work_calendars::domain::WorkCalendar;

impl Case {
    /// What the clock does now: reminds a partner who does not answer, solves what nobody answers, closes what stays solved.
    /// Nothing when it is not time.
    pub(crate) fn wake(self, at: DateTime<Utc>, timing: Timing, calendar: &WorkCalendar) -> Option<Step> {
        if self.wakes_at.is_none_or(|wakes| wakes > at) {
            return None;
        }
        let step = Step::from(self, &Actor::clock(), at);
        let step = match step.case.state {
            State::WaitingOnPartner => step.reminded(timing, calendar),
            State::Solved => step.moved_to(State::Closed).says(CaseEvent::Closed),
            State::Open | State::InProgress | State::Closed => {
                let mut step = step;
                step.case.wakes_at = None;
                step
            }
        };
        Some(step.done())
    }
}

impl Step {
    fn reminded(mut self, timing: Timing, calendar: &WorkCalendar) -> Self {
        let (since, sent) = (self.case.state_since, usize::try_from(self.case.reminders).unwrap_or(0));
        if sent >= timing.remind_after.len() {
            let mut step = self.moved_to(State::Solved).says(CaseEvent::Solved);
            step.case.wakes_at = Some(step.at + timing.close_after);
            return step;
        }
        let next = timing.remind_after.get(sent + 1).copied().unwrap_or(timing.solve_after);
        self.case.reminders += 1;
        // A clock that stood still makes up for it by one reminder at a time, never in the past.
        self.case.wakes_at = Some(calendar.days_after(since, next.into()).max(self.at));
        let count = self.case.reminders.to_string();
        self.changed(Change::Reminded, None, Some(count))
    }
}

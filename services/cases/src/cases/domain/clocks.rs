//! The clocks of a case's service level: what every step means to them, and what they have to tell.

use chrono::{DateTime, Utc};

use super::{
    Actor, Case, Side, State,
    step::{CaseEvent, Change, Step},
};
use crate::service_levels::domain::ServiceLevel;

impl Case {
    /// Reckons what is due.
    pub(crate) fn reckon(&mut self, level: &ServiceLevel) {
        self.due = self.clocks.due(level, self.severity);
        self.clock_basis = level.basis;
    }

    /// Tells support what comes near its end, and what is over. Nothing changes when nothing is to be told.
    pub(crate) fn tell_clocks(mut self, level: &ServiceLevel, at: DateTime<Utc>) -> Step {
        let alarms = self.clocks.tell(level, self.severity, at);
        let mut step = Step::from(self, &Actor::clock(), at);
        for (reading, alarm) in alarms {
            let told = format!("{}: {}", reading.measure.as_str(), alarm.as_str());
            let due = CaseEvent::Due { measure: reading.measure, alarm, due_at: reading.due_at };
            step = step.noted(Change::Alarm, None, Some(told)).says(due);
        }
        step.case.reckon(level);
        step.done()
    }
}

impl Step {
    /// What was said and where the case stands now, as the clocks count it. The words that open a case are no answer.
    pub(super) fn run_clocks(&mut self) {
        let said = self.message.as_ref().is_some_and(|message| !message.internal);
        let clocks = &mut self.case.clocks;
        match self.by.side {
            Side::Partner if said => clocks.partner_wrote(self.at),
            Side::Support if said => clocks.support_wrote(self.at),
            Side::Partner | Side::Support | Side::System => {}
        }
        clocks.run(matches!(self.case.state, State::Open | State::InProgress), self.at);
        if self.case.state == State::Closed {
            clocks.end();
        }
    }
}

//! What may happen to a case, and what it is then:
//!
//! ```text
//! OPEN → IN_PROGRESS ⇄ WAITING_ON_PARTNER → SOLVED → CLOSED
//! ```
//!
//! Nothing leads out of CLOSED.

use careway_kernel::{AccountId, CaseMessageId, Redacted};
use chrono::{DateTime, Utc};

use super::{
    Actor, Case, Side, State,
    actions::Powers,
    refusal::CaseRefusal,
    step::{CaseEvent, Change, NewMessage, Step},
    timing::Timing,
};
use crate::work_calendars::domain::WorkCalendar;

type Stepped = Result<Step, CaseRefusal>;

impl Case {
    /// Nothing is done in a closed case.
    pub(crate) fn not_closed(&self) -> Result<(), CaseRefusal> {
        if self.is_closed() {
            return Err(CaseRefusal::Closed { case: self.id, follow_up: self.open_follow_up().cloned() });
        }
        Ok(())
    }

    /// Somebody says something. A partner's message takes a case up again that waits or is solved; support's first one takes
    /// up what nobody has; a note changes nothing.
    pub(crate) fn say(self, message: NewMessage, by: &Actor, at: DateTime<Utc>) -> Stepped {
        self.not_closed()?;
        if message.internal {
            return self.note(message, by, at);
        }
        let next = match (by.side, self.state) {
            (Side::Partner, State::WaitingOnPartner | State::Solved) | (Side::Support, State::Open) => {
                State::InProgress
            }
            (_, state) => state,
        };
        let is_reopened = self.state == State::Solved && next == State::InProgress;
        let step = Step::from(self, by, at).with_message(message).moved_to(next);
        let step = if is_reopened { step.says(CaseEvent::Reopened) } else { step };
        Ok(step.done())
    }

    fn note(self, message: NewMessage, by: &Actor, at: DateTime<Utc>) -> Stepped {
        if by.side != Side::Support {
            return Err(CaseRefusal::SupportOnly);
        }
        let note = CaseEvent::NoteAdded(message.id);
        let mut step = Step::from(self, by, at).noted(Change::NoteAdded, None, None).says(note);
        step.message = Some(message);
        Ok(step.done())
    }

    /// Somebody of support gets it.
    pub(crate) fn assign(self, assignee: AccountId, by: &Actor, at: DateTime<Utc>) -> Stepped {
        self.not_closed()?;
        let next = if self.state == State::Open { State::InProgress } else { self.state };
        Ok(Step::from(self, by, at).moved_to(next).assigned(assignee).done())
    }

    /// Support asks the partner and waits.
    pub(crate) fn wait(
        self,
        question: NewMessage,
        by: &Actor,
        at: DateTime<Utc>,
        (timing, calendar): (Timing, &WorkCalendar),
    ) -> Stepped {
        self.not_closed()?;
        match self.state {
            State::Solved => return Err(CaseRefusal::Solved),
            State::WaitingOnPartner => return Err(CaseRefusal::Waits),
            State::Open | State::InProgress | State::Closed => {}
        }
        let mut step = Step::from(self, by, at).with_message(question).moved_to(State::WaitingOnPartner);
        step.case.wakes_at = Some(calendar.days_after(at, timing.remind_after[0].into()));
        Ok(step.taken_by(by).says(CaseEvent::Waiting).done())
    }

    /// Support gives the last answer.
    pub(crate) fn solve(self, answer: NewMessage, by: &Actor, at: DateTime<Utc>, timing: Timing) -> Stepped {
        self.not_closed()?;
        if self.state == State::Solved {
            return Err(CaseRefusal::Solved);
        }
        let mut step = Step::from(self, by, at).with_message(answer).moved_to(State::Solved);
        step.case.wakes_at = Some(at + timing.close_after);
        Ok(step.taken_by(by).says(CaseEvent::Solved).done())
    }

    /// It is over: for a partner whenever it likes, for support once it is solved, for a lead of support at any time.
    pub(crate) fn close(
        self,
        powers: Powers,
        reason: Option<Redacted>,
        by: &Actor,
        at: DateTime<Utc>,
    ) -> Stepped {
        self.not_closed()?;
        if !powers.may_close(self.state) {
            return Err(CaseRefusal::NotSolved);
        }
        let mut step = Step::from(self, by, at).moved_to(State::Closed);
        if let (Some(reason), Some(entry)) = (reason, step.history.last_mut()) {
            entry.after = Some(Redacted::new(format!("{}: {}", State::Closed.as_str(), reason.expose())));
        }
        Ok(step.says(CaseEvent::Closed).done())
    }

    /// The closed case learns that it is followed up.
    pub(crate) fn followed_up(self, number: &str, by: &Actor, at: DateTime<Utc>) -> Stepped {
        if !self.is_closed() {
            return Err(CaseRefusal::NotClosed);
        }
        if let Some(open) = self.open_follow_up() {
            return Err(CaseRefusal::FollowUpOpen(open.clone()));
        }
        let step = Step::from(self, by, at).changed(Change::FollowedUp, None, Some(number.to_owned()));
        Ok(step.done())
    }

    /// The words of one of its messages are taken away; that there was one stays. It can be done in a closed case, too.
    pub(crate) fn redact(
        self,
        (message, internal): (CaseMessageId, bool),
        reason: String,
        by: &Actor,
        at: DateTime<Utc>,
    ) -> Step {
        let mut step = Step::from(self, by, at);
        step.redacted = Some(message);
        if internal {
            return step.noted(Change::MessageRedacted, None, Some(reason)).done();
        }
        step.changed(Change::MessageRedacted, None, Some(reason)).says(CaseEvent::Changed("message")).done()
    }
}

impl Step {
    /// Everybody reads it.
    fn with_message(mut self, message: NewMessage) -> Self {
        let added = CaseEvent::MessageAdded(message.id);
        self.message = Some(message);
        self.changed(Change::MessageAdded, None, None).says(added)
    }

    /// It stands so from now on, unless it did.
    pub(super) fn moved_to(mut self, state: State) -> Self {
        let before = self.case.state;
        if before == state {
            return self;
        }
        let case = &mut self.case;
        (case.state, case.state_since, case.reminders, case.wakes_at) = (state, self.at, 0, None);
        match state {
            State::Solved => case.solved_at = Some(self.at),
            State::Closed => case.closed_at = Some(self.at),
            State::Open | State::InProgress | State::WaitingOnPartner => case.solved_at = None,
        }
        let [before, after] = [before, state].map(|state| Some(state.as_str().to_owned()));
        self.changed(Change::State, before, after)
    }

    /// Who acts for support takes what nobody has.
    fn taken_by(self, by: &Actor) -> Self {
        match by.account {
            Some(account) if self.case.assignee.is_none() => self.assigned(account),
            _ => self,
        }
    }

    fn assigned(mut self, assignee: AccountId) -> Self {
        let before = self.case.assignee.replace(assignee);
        if before == Some(assignee) {
            return self;
        }
        let [before, after] = [before, Some(assignee)].map(|account| account.map(|id| id.to_string()));
        self.changed(Change::Assignee, before, after).says(CaseEvent::Assigned(assignee))
    }
}

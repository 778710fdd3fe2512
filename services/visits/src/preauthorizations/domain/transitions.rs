//! What may happen to a pre-authorization, in which state, and what it is then. Pure: time and decisions come in.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    Deadline, Decision, Preauthorization, Rules, State, Validity,
    line::{Amendment, Change, Need, Outcome, PreauthorizationLine},
};
use crate::visits::domain::{Cancellation, Visit, refusal::Refusal};

/// What adjudication found of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) sequence: u16,
    pub(crate) need: Need,
    /// Nothing speaks against it.
    pub(crate) clean: bool,
    /// What the payer would pay, in minor units.
    pub(crate) payer: i64,
}

/// What the payer makes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ruling {
    pub(crate) sequence: u16,
    /// Approved, adjusted or rejected.
    pub(crate) outcome: Outcome,
    pub(crate) days: Option<u16>,
}

/// Why something may not happen to a pre-authorization.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PreauthorizationRefusal {
    #[error("The pre-authorization is {}; this needs {needs}.", .is.as_str())]
    WrongState { is: State, needs: &'static str },
    #[error("The line was rejected or cancelled before; add another one.")]
    LineClosed { sequence: u16 },
    #[error("Claims have used the line; it stays as it was approved.")]
    LineInUse { sequence: u16 },
    #[error("The member disputes the visit: until that is settled, its pre-authorizations stand still.")]
    VisitDisputed,
    #[error("The visit ended too long ago to ask for its care.")]
    VisitOver,
    #[error("Every line that waits must be decided.")]
    LineUndecided { sequence: u16 },
}

/// Whether care of the visit can still be asked for: while the patient is there, and for a grace after the discharge.
pub(crate) fn may_ask(
    visit: &Visit,
    now: DateTime<Utc>,
    grace: Duration,
) -> Result<(), PreauthorizationRefusal> {
    visit.access().shows_member(now, grace).map_err(|refusal| match refusal {
        Refusal::Disputed => PreauthorizationRefusal::VisitDisputed,
        _ => PreauthorizationRefusal::VisitOver,
    })
}

type Moved = Result<Preauthorization, PreauthorizationRefusal>;

impl Preauthorization {
    /// Kept at the facility, unsent.
    pub(crate) fn keep_draft(self) -> Moved {
        self.in_state(&[State::Draft], "DRAFT")?;
        Ok(self.next())
    }

    /// Sent; the rules have the next word, in the same command.
    pub(crate) fn submit(self, now: DateTime<Utc>) -> Moved {
        self.in_state(&[State::Draft], "DRAFT")?;
        let lines = self.lines.into_iter().map(PreauthorizationLine::left_alone).collect();
        Ok(Self { lines, state: State::Submitted, submitted_at: Some(now), ..self })
    }

    /// The rules' word: what needs nobody is decided, else all that needs a decision waits for the payer.
    pub(crate) fn settle(
        mut self,
        now: DateTime<Utc>,
        findings: &[Finding],
        rules: &Rules,
        validity: Validity,
    ) -> Moved {
        self.in_state(&[State::Submitted], "SUBMITTED")?;
        let found = |line: &PreauthorizationLine| findings.iter().find(|it| it.sequence == line.sequence);
        let automatic = is_automatic(self.pending().map(found), rules);
        for line in &mut self.lines {
            let Some(finding) = found(line).filter(|_| line.outcome == Outcome::Pending) else { continue };
            line.need = Some(finding.need);
            let outcome = match (finding.need.is_needed(), finding.clean) {
                (false, true) => Outcome::NotRequired,
                _ if automatic => Outcome::Approved,
                _ => continue,
            };
            *line = line.clone().decided(outcome, None);
        }
        if self.pending().next().is_some() {
            return Ok(self.wait(now, rules));
        }
        let validity = self.validity.unwrap_or(validity);
        Ok(self.conclude(Decision { at: now, by: None }, validity))
    }

    /// Whether it is the payer's turn.
    pub(crate) fn may_be_decided(&self) -> Result<(), PreauthorizationRefusal> {
        self.in_state(&[State::Pended], "PENDED")
    }

    /// The payer's word on every line that waits.
    pub(crate) fn decide(
        mut self,
        now: DateTime<Utc>,
        rulings: &[Ruling],
        validity: Validity,
        by: Uuid,
    ) -> Moved {
        self.may_be_decided()?;
        for line in self.lines.iter_mut().filter(|line| line.outcome == Outcome::Pending) {
            let ruling = rulings.iter().find(|ruling| ruling.sequence == line.sequence);
            let undecided = PreauthorizationRefusal::LineUndecided { sequence: line.sequence };
            let ruling = ruling.ok_or(undecided)?;
            *line = line.clone().decided(ruling.outcome, ruling.days);
        }
        Ok(self.conclude(Decision { at: now, by: Some(by) }, validity))
    }

    /// The payer asks: its clock stands still, the facility's runs.
    pub(crate) fn ask(self, now: DateTime<Utc>, answer_within: Duration) -> Moved {
        self.in_state(&[State::Pended], "PENDED")?;
        let left = self.deadline.map(|deadline| (deadline.due_at - now).max(Duration::zero()));
        Ok(Self {
            state: State::InformationRequested,
            stopped: left,
            deadline: Some(Deadline::within(now, answer_within)),
            questions: self.questions + 1,
            unanswered: true,
            ..self.next()
        })
    }

    /// The facility answers; late, as long as the payer has not decided.
    pub(crate) fn answer(self, now: DateTime<Utc>) -> Moved {
        match self.state {
            State::InformationRequested => Ok(Self { unanswered: false, ..self.resume(now).next() }),
            State::Pended if self.unanswered => Ok(Self { unanswered: false, ..self.next() }),
            _ => Err(self.wrong_state("INFORMATION_REQUESTED")),
        }
    }

    /// Nobody answered in time: the payer goes on without. Nothing when it is not so.
    pub(crate) fn lapse(self, now: DateTime<Utc>) -> Option<Self> {
        let over = self.deadline.is_some_and(|deadline| deadline.is_over(now));
        (self.state == State::InformationRequested && over).then(|| self.resume(now).next())
    }

    /// Lines are added, changed, cancelled. `in_use` are those that claims have drawn on. What was sent has the rules'
    /// word next, in the same command; a draft stays one; and nothing is left of it when every line is cancelled.
    pub(crate) fn amend(mut self, now: DateTime<Utc>, amendment: &Amendment, in_use: &[u16]) -> Moved {
        const AMENDABLE: [State; 5] = [
            State::Draft,
            State::Pended,
            State::InformationRequested,
            State::Approved,
            State::PartiallyApproved,
        ];
        self.in_state(&AMENDABLE, "DRAFT, PENDED, INFORMATION_REQUESTED, APPROVED or PARTIALLY_APPROVED")?;
        let mut last = self.lines.iter().map(|line| line.sequence).max().unwrap_or_default();
        let lines = std::mem::take(&mut self.lines);
        self.lines = lines
            .into_iter()
            .map(|line| amended(line, amendment, in_use))
            .collect::<Result<_, PreauthorizationRefusal>>()?;
        for id in &amendment.add {
            last += 1;
            self.lines.push(PreauthorizationLine::new(*id, last, Change::Added));
        }
        if self.lines.iter().all(|line| line.outcome == Outcome::Withdrawn) {
            return self.cancel(now, "Every line was cancelled.".to_owned());
        }
        if self.state == State::Draft {
            return Ok(self.next());
        }
        Ok(Self { state: State::Submitted, submitted_at: Some(now), stopped: None, ..self })
    }

    /// The facility, or the end of its visit, takes it back.
    pub(crate) fn cancel(self, now: DateTime<Utc>, reason: String) -> Moved {
        if !self.is_cancellable() {
            return Err(
                self.wrong_state("DRAFT, PENDED, INFORMATION_REQUESTED, APPROVED or PARTIALLY_APPROVED")
            );
        }
        Ok(Self {
            state: State::Cancelled,
            deadline: None,
            stopped: None,
            unanswered: false,
            cancellation: Some(Cancellation { at: now, reason }),
            ..self.next()
        })
    }

    /// Whether there is something to take back.
    pub(crate) fn is_cancellable(&self) -> bool {
        use State::{Approved, Draft, InformationRequested, PartiallyApproved, Pended};
        matches!(self.state, Draft | Pended | InformationRequested | Approved | PartiallyApproved)
    }

    /// Its last day has passed, where the facility is: what it still holds is free again. Nothing when there is nothing
    /// to do.
    pub(crate) fn expire(self, today: NaiveDate) -> Option<Self> {
        let over = self.validity.is_some_and(|validity| validity.to < today);
        match self.state {
            State::Approved | State::PartiallyApproved if over => {
                Some(Self { state: State::Expired, ..self.next() })
            }
            // Claims took it all, and less than was held for it.
            State::Used if over && !self.released => Some(Self { released: true, ..self.next() }),
            _ => None,
        }
    }

    /// What claims have used up by now, by sequence; a recalled claim gives back. Nothing when that changes nothing.
    pub(crate) fn count_use(self, used_up: &[u16]) -> Option<Self> {
        let mut approved = self.lines.iter().filter(|line| line.is_approved());
        let all = approved.all(|line| used_up.contains(&line.sequence));
        let state = match self.state {
            State::Approved | State::PartiallyApproved if all => State::Used,
            State::Used if !all => self.concluded(),
            _ => return None,
        };
        Some(Self { state, ..self.next() })
    }

    /// Whoever must act is warned; nothing when there is nothing to warn of.
    pub(crate) fn warn(self, now: DateTime<Utc>) -> Option<Self> {
        let deadline = self.deadline?;
        let due = deadline.warned_at.is_none() && deadline.warn_at <= now && !deadline.is_over(now);
        let waits = matches!(self.state, State::Pended | State::InformationRequested);
        (due && waits)
            .then(|| Self { deadline: Some(Deadline { warned_at: Some(now), ..deadline }), ..self.next() })
    }

    /// The payer is late, and both parties are told, once.
    pub(crate) fn escalate(self, now: DateTime<Utc>) -> Option<Self> {
        let late = self.is_overdue(now) && self.escalated_at.is_none();
        late.then(|| Self { escalated_at: Some(now), ..self.next() })
    }

    fn wait(self, now: DateTime<Utc>, rules: &Rules) -> Self {
        let deadline = Some(Deadline::within(now, rules.time(self.urgency)));
        Self { state: State::Pended, deadline, escalated_at: None, ..self.next() }
    }

    /// The payer's clock goes on with what it had left.
    fn resume(self, now: DateTime<Utc>) -> Self {
        let deadline = Some(Deadline::within(now, self.stopped.unwrap_or_default()));
        Self { state: State::Pended, stopped: None, deadline, ..self }
    }

    fn conclude(self, decision: Decision, validity: Validity) -> Self {
        let state = self.concluded();
        let valid = matches!(state, State::Approved | State::PartiallyApproved);
        Self {
            state,
            deadline: None,
            stopped: None,
            unanswered: false,
            decision: Some(decision),
            validity: valid.then_some(validity),
            ..self.next()
        }
    }

    fn in_state(&self, allowed: &[State], needs: &'static str) -> Result<(), PreauthorizationRefusal> {
        if allowed.contains(&self.state) { Ok(()) } else { Err(self.wrong_state(needs)) }
    }

    fn wrong_state(&self, needs: &'static str) -> PreauthorizationRefusal {
        PreauthorizationRefusal::WrongState { is: self.state, needs }
    }

    fn next(self) -> Self {
        Self { version: self.version + 1, ..self }
    }
}

/// No person is needed: all is in order, and what needs an approval is small enough for the payer's rule.
fn is_automatic<'a>(mut findings: impl Iterator<Item = Option<&'a Finding>>, rules: &Rules) -> bool {
    let Some(most) = rules.automatic_up_to else { return false };
    let sum = findings.try_fold(0_i64, |sum, finding| {
        let finding = finding.filter(|it| it.clean)?;
        Some(sum.saturating_add(if finding.need.is_needed() { finding.payer } else { 0 }))
    });
    sum.is_some_and(|sum| sum <= most)
}

fn amended(
    line: PreauthorizationLine,
    amendment: &Amendment,
    in_use: &[u16],
) -> Result<PreauthorizationLine, PreauthorizationRefusal> {
    let sequence = line.sequence;
    let changed = amendment.change.iter().find(|(changed, _)| *changed == sequence).map(|(_, id)| *id);
    if changed.is_none() && !amendment.cancel.contains(&sequence) {
        return Ok(line.left_alone());
    }
    if !line.is_open() {
        return Err(PreauthorizationRefusal::LineClosed { sequence });
    }
    if in_use.contains(&sequence) {
        return Err(PreauthorizationRefusal::LineInUse { sequence });
    }
    Ok(match changed {
        Some(id) => line.changed(id),
        None => line.withdrawn(),
    })
}

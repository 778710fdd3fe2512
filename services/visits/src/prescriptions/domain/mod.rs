//! A prescription: what was prescribed, how much of it was handed out, and what may be handed out now.

pub(crate) mod formulary;
pub(crate) mod refusal;

use careway_kernel::{MemberId, OrganizationId, PrescriptionId, VisitId};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::adjudication::quantity::Quantity;
use formulary::{Formulary, Warning};
use refusal::Refusal;

/// Where a prescription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Issued,
    PartiallyDispensed,
    Dispensed,
    Expired,
    Cancelled,
}

/// Medicines prescribed in one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prescription {
    pub(crate) id: PrescriptionId,
    pub(crate) version: i64,
    pub(crate) number: String,
    pub(crate) facility: OrganizationId,
    pub(crate) payer: OrganizationId,
    pub(crate) visit: VisitId,
    pub(crate) visit_number: String,
    pub(crate) member: MemberId,
    pub(crate) content: Content,
    pub(crate) issued_at: DateTime<Utc>,
    pub(crate) issued_by: Uuid,
    /// The first day on which something is dispensed, in the zone of the facility that issued it.
    pub(crate) issued_on: NaiveDate,
    /// The last day, inclusive.
    pub(crate) expires_on: NaiveDate,
    pub(crate) lines: Vec<Line>,
    pub(crate) cancellation: Option<Cancellation>,
}

/// What is sealed: who prescribed, why, how it is taken, and what the checks found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) prescriber: String,
    pub(crate) licence: String,
    /// In the order of the lines.
    pub(crate) directions: Vec<Directions>,
    pub(crate) warnings: Vec<Warning>,
}

/// How a medicine is taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Directions {
    pub(crate) dose: String,
    pub(crate) frequency: String,
    pub(crate) diagnoses: Vec<String>,
}

/// One medicine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// From 1.
    pub(crate) number: i16,
    pub(crate) medicine: Medicine,
    /// How long one fill lasts.
    pub(crate) days: i16,
    /// Of one fill.
    pub(crate) quantity: Quantity,
    /// Fills after the first.
    pub(crate) refills: i16,
    pub(crate) substitution_allowed: bool,
    pub(crate) formulary: Formulary,
    /// Of all fills, in thousandths.
    pub(crate) dispensed: i64,
    /// When the fill that was begun last was begun; none before the first.
    pub(crate) fill_begun_on: Option<NaiveDate>,
}

/// A medicine as the payer's tariff has it, or as the prescriber named it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Medicine {
    pub(crate) code: Option<String>,
    pub(crate) atc: Option<String>,
    pub(crate) name: String,
    pub(crate) form: String,
    pub(crate) strength: String,
}

/// What was left was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cancellation {
    pub(crate) at: DateTime<Utc>,
    pub(crate) reason: String,
}

/// One medicine to hand out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DispensedInput {
    pub(crate) line: i16,
    /// All of the fill that is due, without one.
    pub(crate) quantity: Option<Quantity>,
    pub(crate) substitute: Option<String>,
}

/// One hand-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dispensing {
    pub(crate) line: i16,
    /// 1 is the first fill.
    pub(crate) fill: i16,
    pub(crate) quantity: Quantity,
    pub(crate) substitute: Option<String>,
    pub(crate) facility: OrganizationId,
    pub(crate) at: DateTime<Utc>,
    /// It is the first of its fill.
    pub(crate) begins: bool,
}

/// What may be handed out of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// So much of this fill.
    Now { fill: i16, available: Quantity },
    /// The next fill, from that day on.
    From(NaiveDate),
    /// Everything was handed out.
    Nothing,
}

impl Line {
    /// Of all fills, in thousandths.
    pub(crate) const fn total(&self) -> i64 {
        self.quantity.thousandths() * (self.refills as i64 + 1)
    }

    /// Of all fills, in thousandths.
    pub(crate) const fn left(&self) -> i64 {
        self.total() - self.dispensed
    }

    /// What may be handed out on a day. A fill that was begun may be completed at any time. The next one is due when
    /// three quarters of the days before it have passed: early enough that nobody runs out, never early enough to hoard.
    pub(crate) fn due(&self, today: NaiveDate) -> Due {
        let fill = self.quantity.thousandths();
        if self.left() == 0 {
            return Due::Nothing;
        }
        let begun = (self.dispensed + fill - 1) / fill;
        let rest_of_begun = begun * fill - self.dispensed;
        let next_on = self.fill_begun_on.map(|on| on + Days::new(wait(self.days)));
        let now = |number: i64, thousandths| match Quantity::from_thousandths(thousandths) {
            Some(available) => Due::Now { fill: i16::try_from(number).unwrap_or(i16::MAX), available },
            None => Due::Nothing,
        };
        match next_on {
            _ if rest_of_begun > 0 => now(begun, rest_of_begun),
            Some(on) if today < on => Due::From(on),
            _ => now(begun + 1, fill),
        }
    }
}

/// Days from the beginning of one fill until the next may begin: three quarters of them, rounded up.
fn wait(days: i16) -> u64 {
    (u64::from(days.unsigned_abs()) * 3).div_ceil(4)
}

impl Prescription {
    /// Where it stands on a day.
    pub(crate) fn state(&self, today: NaiveDate) -> State {
        if self.cancellation.is_some() {
            State::Cancelled
        } else if self.lines.iter().all(|line| line.left() == 0) {
            State::Dispensed
        } else if today > self.expires_on {
            State::Expired
        } else if self.lines.iter().any(|line| line.dispensed > 0) {
            State::PartiallyDispensed
        } else {
            State::Issued
        }
    }

    /// Hands out what is asked for, all of it or nothing; the lines of the inputs are those of the prescription.
    pub(crate) fn dispense(
        mut self,
        inputs: &[DispensedInput],
        (facility, at, today): (OrganizationId, DateTime<Utc>, NaiveDate),
    ) -> Result<(Self, Vec<Dispensing>), Refusal> {
        match self.state(today) {
            State::Cancelled => return Err(Refusal::Cancelled),
            State::Dispensed => return Err(Refusal::NothingLeft { line: None }),
            State::Expired => return Err(Refusal::Expired { on: self.expires_on }),
            State::Issued | State::PartiallyDispensed => {}
        }
        let mut dispensings = Vec::with_capacity(inputs.len());
        for input in inputs {
            let Some(line) = self.lines.iter_mut().find(|line| line.number == input.line) else { continue };
            if input.substitute.is_some() && !line.substitution_allowed {
                return Err(Refusal::SubstitutionNotAllowed { line: line.number });
            }
            let (fill, available) = match line.due(today) {
                Due::Now { fill, available } => (fill, available),
                Due::From(on) => return Err(Refusal::RefillTooSoon { line: line.number, on }),
                Due::Nothing => return Err(Refusal::NothingLeft { line: Some(line.number) }),
            };
            let quantity = input.quantity.unwrap_or(available);
            if quantity > available {
                return Err(Refusal::MoreThanLeft { line: line.number, available });
            }
            let begins = line.dispensed % line.quantity.thousandths() == 0;
            if begins {
                line.fill_begun_on = Some(today);
            }
            line.dispensed += quantity.thousandths();
            let substitute = input.substitute.clone();
            dispensings.push(Dispensing {
                line: line.number,
                fill,
                quantity,
                substitute,
                facility,
                at,
                begins,
            });
        }
        self.version += 1;
        Ok((self, dispensings))
    }

    /// Takes back what is left.
    pub(crate) fn cancel(self, at: DateTime<Utc>, today: NaiveDate, reason: String) -> Result<Self, Refusal> {
        match self.state(today) {
            State::Cancelled => Err(Refusal::Cancelled),
            State::Dispensed => Err(Refusal::NothingLeft { line: None }),
            State::Issued | State::PartiallyDispensed | State::Expired => Ok(Self {
                cancellation: Some(Cancellation { at, reason }),
                version: self.version + 1,
                ..self
            }),
        }
    }
}

/// The last day on which something is dispensed, unless the prescriber says otherwise: long enough for every fill, and
/// thirty days at least.
pub(crate) fn default_expiry(issued_on: NaiveDate, lines: &[(i16, i16)]) -> NaiveDate {
    let longest = lines
        .iter()
        .map(|(days, refills)| u64::from(days.unsigned_abs()) * u64::from(refills.unsigned_abs()));
    issued_on + Days::new(longest.max().unwrap_or_default().max(30))
}

#[cfg(test)]
mod tests;

//! What the rules leave to a person, and what a person decides of a claim's lines.

use careway_kernel::{Currency, Money};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ReviewReason;
use crate::{
    adjudication::{amounts::Amounts, input::Review, outcome::Determination, quantity::Quantity},
    payer_rules::domain::ClaimRules,
    service_lines::domain::{Decision, ServiceLine},
    visits::domain::Visit,
};

/// Why the rules do not decide by themselves; empty when they do. What the plan refuses needs no person: a reviewer
/// cannot allow what the plan does not.
pub(crate) fn reasons(
    rules: &ClaimRules,
    visit: &Visit,
    override_accepted: bool,
    (determination, totals, currency): (Determination, &Amounts, Currency),
    now: DateTime<Utc>,
) -> Vec<ReviewReason> {
    if determination == Determination::Rejected {
        return Vec::new();
    }
    let overridden = visit.patient.as_ref().is_some_and(|patient| patient.overridden);
    let notice = visit.admission.as_ref().and_then(|admission| admission.notice.as_ref());
    let late = notice.is_some_and(|notice| notice.given_at.unwrap_or(now) > notice.due_at);
    let found = [
        (!rules.is_automatic(Money::new(currency, totals.payer)), ReviewReason::AboveAutomaticLimit),
        (overridden && !override_accepted, ReviewReason::OverrideUnreviewed),
        (late, ReviewReason::AdmissionNotNotified),
    ];
    found.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason).collect()
}

/// What a reviewer decides of one line, by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LineDecision {
    pub(crate) position: u16,
    pub(crate) review: Review,
}

/// A decision that does not fit its line, by its place among the decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unfit {
    pub(crate) at: usize,
    pub(crate) field: &'static str,
    pub(crate) message: &'static str,
}

/// Whether every decision is of a line there is, once, and allows no more than was claimed.
pub(crate) fn check(lines: &[ServiceLine], decisions: &[LineDecision]) -> Vec<Unfit> {
    let mut unfit = Vec::new();
    for (at, decision) in decisions.iter().enumerate() {
        let mut add = |field, message| unfit.push(Unfit { at, field, message });
        let Some(line) = lines.iter().find(|line| line.position == decision.position) else {
            add("line", "must be the number of a line");
            continue;
        };
        if decisions[..at].iter().any(|earlier| earlier.position == decision.position) {
            add("line", "must not be decided twice");
        }
        let Review::Adjust { quantity, unit_price, .. } = &decision.review else { continue };
        if quantity.is_some_and(|it| it > line.asked.quantity) {
            add("quantity", "must not be more than was claimed");
        }
        let claimed = line.asked.unit_price.or(line.settled.as_ref().and_then(|it| it.tariff_price));
        if unit_price.zip(claimed).is_some_and(|(it, claimed)| it > claimed) {
            add("unitPrice", "must not be more than was claimed");
        }
    }
    unfit
}

/// The lines with a reviewer's decisions on them; those that none is of are accepted.
pub(crate) fn reviewed(
    mut lines: Vec<ServiceLine>,
    decisions: &[LineDecision],
    by: Uuid,
    at: DateTime<Utc>,
) -> Vec<ServiceLine> {
    for line in &mut lines {
        let given = decisions.iter().find(|decision| decision.position == line.position);
        let review = given.map_or(Review::Accept, |decision| decision.review.clone());
        line.decision = Some(Decision { review, by, at });
    }
    lines
}

/// Lines that are decided anew after an appeal: those that stood, told what takes their place, and these. A line that
/// nothing new is decided of keeps what was.
pub(crate) fn decided_anew(
    former: Vec<ServiceLine>,
    decisions: &[LineDecision],
    (by, at): (Uuid, DateTime<Utc>),
    mut id: impl FnMut() -> Uuid,
) -> (Vec<ServiceLine>, Vec<ServiceLine>) {
    let anew = |line: &ServiceLine, id| {
        let given = decisions.iter().find(|decision| decision.position == line.position);
        let decision = given.map(|decision| Decision { review: decision.review.clone(), by, at });
        ServiceLine { id, decision: decision.or_else(|| line.decision.clone()), ..line.clone() }
    };
    let next: Vec<ServiceLine> = former.iter().map(|line| anew(line, id())).collect();
    let replaced = |(line, next): (ServiceLine, &ServiceLine)| ServiceLine {
        active: false,
        replaced_by: Some(next.id),
        ..line
    };
    (former.into_iter().zip(&next).map(replaced).collect(), next)
}

/// What a reviewer may allow of a line, as it was read: nothing, or less than was claimed.
pub(crate) fn adjusted(
    quantity: Option<Quantity>,
    unit_price: Option<i64>,
    reason: String,
) -> Result<Review, &'static str> {
    if quantity.is_none() && unit_price.is_none() {
        return Err("must have a quantity or a unitPrice");
    }
    Ok(Review::Adjust { quantity, unit_price, reason })
}

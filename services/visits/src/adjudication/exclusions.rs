//! The step `EXCLUSIONS`: what is refused outright, then how much of the quantity is accepted.

use chrono::NaiveDate;

use super::{
    course::Course,
    input::{Approval, Review},
    quantity::Quantity,
    refusal::{Refusal, Refused},
    trace::{Because, Stage},
};
use crate::{
    benefits::domain::posting::Cause,
    plans::domain::{Benefit, Unit},
};

impl<'a> Course<'a, '_> {
    pub(super) fn exclude(&mut self) {
        let told = self.trace.len();
        let refusals = self.refusals();
        if refusals.is_empty() {
            self.cut_quantity();
        } else {
            self.refuse(refusals);
        }
        if self.trace.len() == told {
            self.nothing(Stage::Exclusions, Because::Nothing);
        }
    }

    /// Every reason to refuse the line as a whole, those first by which the patient owes nothing in any case.
    fn refusals(&self) -> Vec<Refused> {
        let mut refusals = Vec::new();
        if let Some(Review::Reject { refusal, text }) = &self.line.decision {
            refusals.push(Refused::new(*refusal).noted(text));
        }
        refusals.extend(self.duplicate());
        if self.line.date < self.case.member_since {
            refusals.push(Refused::new(Refusal::NotYetCovered).with("from", self.case.member_since));
        }
        if self.line.tariff.is_none() {
            refusals.push(Refused::new(Refusal::NoAgreedPrice));
            return refusals;
        }
        let Some(benefit) = self.benefit.filter(|it| it.covered) else {
            refusals.push(Refused::new(Refusal::NotInPlan));
            return refusals;
        };
        refusals.extend(self.excluded(benefit));
        refusals.extend(self.waiting(benefit));
        refusals.extend(self.too_soon(benefit));
        refusals.extend(self.unapproved());
        refusals
    }

    /// The same service or medicine of the member on the same day, whoever claimed it.
    fn duplicate(&self) -> Option<Refused> {
        let (line, _) = self
            .running
            .earlier()
            .find(|(_, care)| care.code == self.line.code && care.date == self.line.date)?;
        Some(match line {
            Some(number) => Refused::new(Refusal::ClaimedTwice).with("line", number),
            None => Refused::new(Refusal::ClaimedBefore),
        })
    }

    /// Excluded by its own code, or by any of the diagnoses it is given for.
    fn excluded(&self, benefit: &Benefit) -> Vec<Refused> {
        let line = self.line;
        let named = |exclusion: &&String| exclusion.eq_ignore_ascii_case(&line.code);
        let service = benefit.exclusions.iter().find(named).map(|_| Refusal::ServiceExcluded);
        let falls = |exclusion: &String| line.diagnoses.iter().any(|it| it.falls_under(exclusion));
        let diagnosis = benefit.exclusions.iter().any(falls).then_some(Refusal::DiagnosisExcluded);
        service.into_iter().chain(diagnosis).map(Refused::new).collect()
    }

    fn waiting(&self, benefit: &Benefit) -> Option<Refused> {
        let until = benefit.waiting.until(self.case.member_since, self.case.adult);
        let waits = self.case.member_since <= self.line.date && self.line.date < until;
        waits.then(|| Refused::new(Refusal::WaitingPeriod).with("until", until))
    }

    /// Within the days of other care under the benefit, before it or after. PriorService on the same day is not again.
    fn too_soon(&self, benefit: &Benefit) -> Option<Refused> {
        let days = i64::from(benefit.frequency_days?);
        let apart = |date: NaiveDate| (self.line.date - date).num_days().abs();
        let others = self.running.earlier().filter(|(_, care)| care.benefit == benefit.code);
        let near = others.map(|(_, care)| care.date).filter(|date| (1..days).contains(&apart(*date)));
        let again = near.max()?.checked_add_signed(chrono::Duration::days(days))?;
        Some(Refused::new(Refusal::TooSoon).with("again", again))
    }

    /// What is wrong with the approval, where one is needed.
    fn unapproved(&self) -> Vec<Refused> {
        if !self.needs_approval || self.approval.is_some() || self.asks() {
            return Vec::new();
        }
        let faults = |approval| self.faults(approval);
        self.line.approval.as_ref().map_or_else(|| vec![Refused::new(Refusal::NoApproval)], faults)
    }

    /// The approval that the line draws on, whether one is needed or not; one with a fault is as none.
    pub(super) fn good_approval(&self) -> Option<&'a Approval> {
        self.line.approval.as_ref().filter(|it| !self.asks() && self.faults(it).is_empty())
    }

    /// Whether this is the asking itself.
    const fn asks(&self) -> bool {
        matches!(self.line.cause, Cause::PreauthorizationLine(_))
    }

    fn faults(&self, approval: &Approval) -> Vec<Refused> {
        let mut faults = Vec::new();
        if approval.member != self.case.member {
            faults.push(Refused::new(Refusal::ApprovalOfAnotherMember));
        }
        if approval.facility != self.case.facility {
            faults.push(Refused::new(Refusal::ApprovalOfAnotherFacility));
        }
        if approval.code != self.line.code {
            faults.push(Refused::new(Refusal::ApprovalOfAnotherService).with("approved", &approval.code));
        }
        if !(approval.from..=approval.to).contains(&self.line.date) {
            let refused = Refused::new(Refusal::ApprovalNotValidThatDay);
            faults.push(refused.with("from", approval.from).with("to", approval.to));
        }
        faults
    }

    /// The reviewer's quantity or else the price list's, then what was approved, then what the counts have left.
    fn cut_quantity(&mut self) {
        match &self.line.decision {
            Some(Review::Adjust { quantity: Some(most), reason, .. }) => {
                self.cut_to(most.thousandths(), Refused::new(Refusal::QuantityReduced).noted(reason));
            }
            _ => {
                if let Some(most) = self.line.tariff.as_ref().and_then(|tariff| tariff.most_quantity) {
                    self.cut_to(most.thousandths(), Refused::new(Refusal::MoreThanPriceList));
                }
            }
        }
        if let Some(approval) = self.approval {
            let allowance = self.running.allowance(approval.reservation);
            self.cut_to(allowance.quantity, Refused::new(Refusal::MoreThanApproved));
            if let Some(amount) = allowance.amount {
                self.keep_to(amount);
            }
        }
        self.cut_to_counts();
    }

    /// At most what the tightest count has left. What was begun counts as one, so that as many whole ones fit.
    fn cut_to_counts(&mut self) {
        let counts = self.counters.iter().filter(|it| it.account.unit == Unit::Count);
        let tightest = counts.map(|it| self.bound(it)).min_by_key(|(_, left)| *left);
        let Some((bound, left)) = tightest else { return };
        if self.quantity.is_some_and(|quantity| quantity.times() > left) {
            let refusal = if left == 0 { Refusal::CountUsedUp } else { Refusal::CountExceeded };
            let refused = Refused::new(refusal).with("most", bound.most).with("left", left);
            self.cut(Quantity::of_times(left).map_or(0, Quantity::thousandths), refused);
        }
    }

    /// At most so much, in thousandths.
    fn cut_to(&mut self, most: i64, refused: Refused) {
        let Some(quantity) = self.quantity.filter(|quantity| quantity.thousandths() > most) else { return };
        let left = Quantity::from_thousandths(most).map_or_else(|| "0".to_owned(), |it| it.to_string());
        self.cut(most, refused.with("left", left).with("claimed", quantity));
    }

    /// At most the price that was approved; where nothing of it is left, the line is refused.
    fn keep_to(&mut self, amount: i64) {
        if self.quantity.is_none() || self.left <= amount {
            return;
        }
        let refused = Refused::new(Refusal::DearerThanApproved).with("left", self.money(amount));
        if amount > 0 { self.reduce(amount, refused) } else { self.cut(0, refused) }
    }
}

//! The reference's reasons to accept nothing of a line.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::{
    model::{Books, Purse, rounded},
    world::{FACILITY, MEMBER},
};
use crate::{
    adjudication::{
        input::{Approval, Line, Review},
        refusal::Refusal,
    },
    benefits::domain::posting::Cause,
    plans::domain::{Benefit, Preauthorization},
};

impl<'w> Purse<'w> {
    pub(super) fn reviewed(&self) -> Option<Refusal> {
        match &self.line.decision {
            Some(Review::Reject { refusal, .. }) => Some(*refusal),
            _ => None,
        }
    }

    pub(super) fn doubled(&self, books: &Books<'w>) -> Option<Refusal> {
        for (_, code, day, own) in &books.done {
            if *code == self.line.code && *day == self.line.date {
                return Some(if *own { Refusal::ClaimedTwice } else { Refusal::ClaimedBefore });
            }
        }
        None
    }

    /// Why nothing of it is accepted: what the patient bears, and what the facility does.
    pub(super) fn reasons(&self, books: &Books<'w>) -> (Vec<Refusal>, Vec<Refusal>) {
        let (mut patients, mut facilitys) = (Vec::new(), Vec::new());
        for refusal in self.reviewed().into_iter().chain(self.doubled(books)) {
            if patients_own(refusal) { patients.push(refusal) } else { facilitys.push(refusal) }
        }
        let since = self.world.member_since;
        if since > self.line.date {
            patients.push(Refusal::NotYetCovered);
        }
        let benefit = match (self.benefit, &self.line.tariff) {
            (_, None) => {
                patients.push(Refusal::NoAgreedPrice);
                return (patients, facilitys);
            }
            (Some(benefit), _) if benefit.covered => benefit,
            _ => {
                patients.push(Refusal::NotInPlan);
                return (patients, facilitys);
            }
        };
        for exclusion in &benefit.exclusions {
            if exclusion.to_uppercase() == self.line.code {
                patients.push(Refusal::ServiceExcluded);
            }
            let bare = |code: &str| code.to_uppercase().replace('.', "");
            if self.line.diagnoses.iter().any(|it| bare(it.as_str()).starts_with(&bare(exclusion))) {
                patients.push(Refusal::DiagnosisExcluded);
            }
        }
        let span = if self.world.adult { benefit.waiting.adult } else { benefit.waiting.child };
        if since <= self.line.date && self.line.date < after(since, span.months, span.days) {
            patients.push(Refusal::WaitingPeriod);
        }
        for (under, _, day, _) in &books.done {
            let apart = i64::from(self.line.date.num_days_from_ce() - day.num_days_from_ce());
            let near = benefit.frequency_days.is_some_and(|days| apart.abs() < i64::from(days));
            if *under == benefit.code.as_str() && apart != 0 && near {
                patients.push(Refusal::TooSoon);
            }
        }
        if self.approval.is_none() && self.must_ask(benefit) {
            match &self.line.approval {
                None => facilitys.push(Refusal::NoApproval),
                Some(approval) => facilitys.extend(flaws(self.line, approval)),
            }
        }
        (patients, facilitys)
    }

    fn must_ask(&self, benefit: &Benefit) -> bool {
        if matches!(self.line.cause, Cause::PreauthorizationLine(_)) {
            return false;
        }
        let each = match &self.line.tariff {
            Some(tariff) if tariff.price < self.line.unit_price => tariff.price,
            _ => self.line.unit_price,
        };
        match benefit.preauthorization {
            Preauthorization::Never => false,
            Preauthorization::Always => true,
            Preauthorization::Above(amount) => rounded(self.line.quantity.thousandths(), each) > amount,
        }
    }
}

pub(super) fn flaws(line: &Line, approval: &Approval) -> BTreeSet<Refusal> {
    let mut flaws = BTreeSet::new();
    let mut flaw = |wrong: bool, refusal| {
        if wrong {
            flaws.insert(refusal);
        }
    };
    flaw(approval.member != MEMBER, Refusal::ApprovalOfAnotherMember);
    flaw(approval.facility != FACILITY, Refusal::ApprovalOfAnotherFacility);
    flaw(approval.code != line.code, Refusal::ApprovalOfAnotherService);
    let late = line.date > approval.to;
    flaw(late || line.date < approval.from, Refusal::ApprovalNotValidThatDay);
    flaws
}

/// The day so many months and days after another; where a month has no such day, its last.
fn after(since: NaiveDate, months: u16, days: u16) -> NaiveDate {
    let months = since.month0() + u32::from(months);
    let (year, month) = (since.year() + i32::try_from(months / 12).unwrap(), months % 12 + 1);
    let mut day_of_month = since.day();
    let mut day = loop {
        match NaiveDate::from_ymd_opt(year, month, day_of_month) {
            Some(day) => break day,
            None => day_of_month -= 1,
        }
    };
    for _ in 0..days {
        day = day.succ_opt().unwrap();
    }
    day
}

/// Which refusals leave the price with the patient; the others are the facility's.
pub(super) fn patients_own(refusal: Refusal) -> bool {
    let code = refusal.code();
    ["ELIG", "NCOV", "BENX"].iter().any(|group| code.starts_with(group)) || code == "PRCE-001"
}

//! One line's way through the steps of its plan.

use careway_kernel::{Money, Percent};

use super::{
    accounts::{Counter, CounterKind, counters},
    amounts::{Amounts, Share},
    input::{AdjudicationInput, Approval, Line, PriorService, Review},
    outcome::{Determination, LineOutcome},
    quantity::Quantity,
    refusal::{Refusal, Refused},
    running::Running,
    trace::{Because, Bound, Stage, TraceStep},
};
use crate::{
    benefits::domain::posting::Posting,
    plans::domain::{Benefit, Preauthorization, Step, Unit},
};

/// A line on its way: what is left of it, and what was taken so far.
pub(super) struct Course<'a, 'r> {
    pub(super) case: &'a AdjudicationInput<'a>,
    pub(super) line: &'a Line,
    pub(super) running: &'r mut Running<'a>,
    pub(super) benefit: Option<&'a Benefit>,
    pub(super) counters: Vec<Counter>,
    pub(super) needs_approval: bool,
    /// The line's approval, if it is good.
    pub(super) approval: Option<&'a Approval>,
    /// What is approved so far; none once the line is refused.
    pub(super) quantity: Option<Quantity>,
    unit_price: i64,
    pub(super) left: i64,
    amounts: Amounts,
    refusals: Vec<Refused>,
    pub(super) trace: Vec<TraceStep>,
}

impl<'a, 'r> Course<'a, 'r> {
    pub(super) fn run(
        case: &'a AdjudicationInput<'a>,
        line: &'a Line,
        running: &'r mut Running<'a>,
    ) -> LineOutcome {
        let mut course = Self::start(case, line, running);
        for step in &case.plan.order {
            course.step(*step);
        }
        course.finish()
    }

    fn start(case: &'a AdjudicationInput<'a>, line: &'a Line, running: &'r mut Running<'a>) -> Self {
        let submitted = line.quantity.price(line.unit_price);
        let benefit = case.benefit_of(line);
        let mut course = Self {
            case,
            line,
            running,
            benefit,
            counters: benefit.map(|it| counters(case, it, line.date)).unwrap_or_default(),
            needs_approval: benefit.is_some_and(|it| needs_approval(line, it)),
            approval: None,
            quantity: Some(line.quantity),
            unit_price: line.unit_price,
            left: submitted,
            amounts: Amounts { submitted, ..Amounts::default() },
            refusals: Vec::new(),
            trace: Vec::new(),
        };
        course.approval = course.good_approval();
        course.nothing(Stage::Price, Because::Price { quantity: line.quantity, unit_price: line.unit_price });
        course
    }

    fn step(&mut self, step: Step) {
        // Of what was refused nothing is left to take.
        let approved = self.quantity.is_some();
        match (step, self.benefit.filter(|_| approved)) {
            (Step::TariffCap, _) if approved => self.cap_price(),
            (Step::Exclusions, _) => self.exclude(),
            (Step::Deductible, Some(_)) => self.take_deductible(),
            (Step::Copayment, Some(benefit)) if benefit.copayment > 0 => {
                let because = Because::Copayment { amount: benefit.copayment };
                self.take(step, Share::Copay, benefit.copayment, because);
            }
            (Step::Coinsurance, Some(benefit)) if benefit.coinsurance > Percent::ZERO => {
                let share = self.money(self.left).percent_half_up(benefit.coinsurance).minor;
                let because = Because::Coinsurance { percent: benefit.coinsurance };
                self.take(step, Share::Coinsurance, share, because);
            }
            (Step::CategoryLimit, Some(_)) => {
                self.keep_within(step, CounterKind::Category, Share::OverCategory, Refusal::LimitReached);
            }
            (Step::Ceiling, Some(_)) => {
                self.keep_within(step, CounterKind::Ceiling, Share::OverCeiling, Refusal::CeilingReached);
            }
            _ => self.nothing(step.into(), Because::Nothing),
        }
    }

    /// At most the agreed price; where a reviewer allowed one, at most that and nothing else.
    fn cap_price(&mut self) {
        let reviewed = match &self.line.decision {
            Some(Review::Adjust { unit_price: Some(price), reason, .. }) => Some((*price, reason.as_str())),
            _ => None,
        };
        let agreed = self.line.tariff.as_ref().map(|tariff| tariff.price);
        let (cap, because, refused) = match (reviewed, agreed) {
            (Some((price, reason)), _) => (
                price,
                Because::Review { unit_price: price },
                Refused::new(Refusal::PriceReduced).with("allowed", self.money(price)).noted(reason),
            ),
            (None, Some(price)) => (
                price,
                Because::Tariff { unit_price: price },
                Refused::new(Refusal::AboveAgreedPrice).with("agreed", self.money(price)),
            ),
            (None, None) => return self.nothing(Stage::TariffCap, Because::Nothing),
        };
        self.unit_price = self.unit_price.min(cap);
        let above = self.left - self.price().min(self.left);
        self.take(Step::TariffCap, refused.refusal.share(), above, because);
        if above > 0 {
            self.refusals.push(refused);
        }
    }

    fn take_deductible(&mut self) {
        let counter = self.counters.iter().find(|it| it.kind == CounterKind::Deductible);
        let Some((bound, left)) = counter.map(|it| self.bound(it)) else {
            return self.nothing(Stage::Deductible, Because::Nothing);
        };
        self.take(Step::Deductible, Share::Deductible, left, Because::Account(bound));
    }

    /// At most what is left of the tightest limit of money of a kind.
    fn keep_within(&mut self, step: Step, kind: CounterKind, share: Share, refusal: Refusal) {
        let of_money = self.counters.iter().filter(|it| it.kind == kind && it.account.unit == Unit::Amount);
        let Some((bound, left)) = of_money.map(|it| self.bound(it)).min_by_key(|(_, left)| *left) else {
            return self.nothing(step.into(), Because::Nothing);
        };
        let over = self.left - left;
        if over > 0 {
            let refused = Refused::new(refusal).with("most", self.money(bound.most));
            self.refusals.push(refused.with("left", self.money(left)));
        }
        self.take(step, share, over, Because::Account(bound));
        if over > 0 && self.left == 0 {
            // Nothing is paid: it takes nothing, and may be claimed again when the limit is freed.
            self.quantity = None;
        }
    }

    /// The whole line is refused, for all these reasons; the first decides who pays it.
    pub(super) fn refuse(&mut self, refusals: Vec<Refused>) {
        let Some(refusal) = refusals.first().map(|it| it.refusal) else { return };
        self.quantity = None;
        self.take(Step::Exclusions, refusal.share(), self.left, Because::Refused { refusal });
        self.refusals.extend(refusals);
    }

    /// At most so much of the quantity, in thousandths; of nothing, the line is refused.
    pub(super) fn cut(&mut self, most: i64, refused: Refused) {
        self.quantity = Quantity::from_thousandths(most);
        self.reduce(self.price(), refused);
    }

    /// At most so much of the price.
    pub(super) fn reduce(&mut self, most: i64, refused: Refused) {
        let because = Because::Refused { refusal: refused.refusal };
        self.take(Step::Exclusions, refused.refusal.share(), self.left - most, because);
        self.refusals.push(refused);
    }

    /// Takes what there is of an amount.
    fn take(&mut self, step: Step, share: Share, amount: i64, because: Because) {
        let before = self.left;
        let taken = amount.clamp(0, before);
        self.left -= taken;
        self.amounts.add(share, taken);
        self.trace.push(TraceStep {
            stage: step.into(),
            before,
            taken,
            after: self.left,
            share: (taken > 0).then_some(share),
            because,
        });
    }

    pub(super) fn nothing(&mut self, stage: Stage, because: Because) {
        let left = self.left;
        self.trace.push(TraceStep { stage, before: left, taken: 0, after: left, share: None, because });
    }

    /// What is left of an account for this line.
    pub(super) fn bound(&self, counter: &Counter) -> (Bound, i64) {
        let left = self.running.left(counter, self.approval.map(|it| it.reservation));
        (Bound::new(&counter.account, counter.most, left), left)
    }

    pub(super) fn money(&self, minor: i64) -> Money {
        Money::new(self.case.plan.currency, minor)
    }

    /// What is approved so far, at the price that is allowed so far.
    fn price(&self) -> i64 {
        self.quantity.map_or(0, |quantity| quantity.price(self.unit_price))
    }

    fn finish(mut self) -> LineOutcome {
        self.amounts.payer = self.left;
        let allowed = self.amounts.submitted - self.amounts.write_off - self.amounts.not_covered;
        let allowed = if self.quantity.is_some() { allowed } else { 0 };
        let postings = self.postings();
        postings.iter().for_each(|posting| self.running.take(posting));
        if let (Some(quantity), Some(benefit)) = (self.quantity, self.benefit) {
            let (benefit, code) = (benefit.code.clone(), self.line.code.clone());
            let care = PriorService { benefit, code, date: self.line.date };
            self.running.accept((self.line.number, care), self.approval, quantity, allowed);
        }
        LineOutcome {
            cause: self.line.cause,
            number: self.line.number,
            benefit: self.benefit.map(|it| it.code.clone()),
            needs_approval: self.needs_approval,
            determination: match self.quantity {
                None => Determination::Rejected,
                Some(_) if self.refusals.is_empty() => Determination::Approved,
                Some(_) => Determination::PartiallyApproved,
            },
            quantity: self.quantity,
            allowed,
            draws: self.approval.is_some() && self.quantity.is_some(),
            amounts: self.amounts,
            refusals: self.refusals,
            trace: self.trace,
            postings,
        }
    }

    /// Limits of money count what the payer pays, deductibles what the patient paid to them, counts the times.
    fn postings(&self) -> Vec<Posting> {
        let Some(quantity) = self.quantity else { return Vec::new() };
        let posting = |counter: &Counter| Posting {
            account: counter.account.clone(),
            amount: match (counter.account.unit, counter.kind) {
                (Unit::Count, _) => quantity.times(),
                (Unit::Amount, CounterKind::Deductible) => self.amounts.deductible,
                (Unit::Amount, _) => self.amounts.payer,
            },
            most: Some(self.running.reach(counter)),
            cause: self.line.cause,
            reservation: self.approval.map(|it| it.reservation),
        };
        self.counters.iter().map(posting).filter(|posting| posting.amount > 0).collect()
    }
}

/// Whether the plan wants the payer asked first: by the price as claimed, but no higher than was agreed.
fn needs_approval(line: &Line, benefit: &Benefit) -> bool {
    let agreed = line.tariff.as_ref().map_or(line.unit_price, |tariff| tariff.price);
    match benefit.preauthorization {
        Preauthorization::Never => false,
        Preauthorization::Always => true,
        Preauthorization::Above(amount) => line.quantity.price(line.unit_price.min(agreed)) > amount,
    }
}

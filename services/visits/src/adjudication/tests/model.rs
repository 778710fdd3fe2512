//! The reference: adjudication told the slow way. Money goes franc by franc, accounts are rows of a list, the plan's
//! steps are walked by recursion, and nothing of the real thing is called but what reads a plan or a case.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{
    model_reasons::{flaws, patients_own},
    world::World,
};
use crate::{
    adjudication::{
        input::{Approval, Line, Review},
        outcome::Determination,
        refusal::Refusal,
    },
    benefits::domain::{ledger::Account, posting::Cause},
    plans::domain::{AgeGroup, Benefit, Limit, Scope, Step, Unit, period::Period},
};

pub(super) const SUBMITTED: usize = 0;
pub(super) const WRITE_OFF: usize = 1;
pub(super) const NOT_COVERED: usize = 2;
pub(super) const DEDUCTIBLE: usize = 3;
pub(super) const COPAY: usize = 4;
pub(super) const COINSURANCE: usize = 5;
pub(super) const OVER_CATEGORY: usize = 6;
pub(super) const OVER_CEILING: usize = 7;
pub(super) const PAYER: usize = 8;

/// An account by its code, whose it is, what it counts, and which of its periods.
pub(super) type Key<'w> = (&'w str, Scope, Unit, Period, i64);

/// What should become of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expected<'w> {
    pub(super) parts: [i64; 9],
    /// Approved, in thousandths.
    pub(super) quantity: i64,
    pub(super) determination: Determination,
    pub(super) refusals: BTreeSet<Refusal>,
    pub(super) takes: Vec<(Key<'w>, i64)>,
    pub(super) reservation: Option<Uuid>,
}

struct Row<'w> {
    key: Key<'w>,
    used: i64,
    reserved: i64,
    held: Vec<(Uuid, i64)>,
}

/// Everything that a line leaves to the next.
pub(super) struct Books<'w> {
    rows: Vec<Row<'w>>,
    /// Reservation, thousandths left, money left.
    approvals: Vec<(Uuid, i64, Option<i64>)>,
    /// Benefit, code, day, and whether this case did it.
    pub(super) done: Vec<(&'w str, &'w str, NaiveDate, bool)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Own,
    First,
    Shared,
}

/// A line on its way.
pub(super) struct Purse<'w> {
    pub(super) world: &'w World,
    pub(super) line: &'w Line,
    pub(super) benefit: Option<&'w Benefit>,
    accounts: Vec<(Role, Key<'w>, i64)>,
    pub(super) approval: Option<&'w Approval>,
    francs: i64,
    quantity: i64,
    each: i64,
    parts: [i64; 9],
    refusals: BTreeSet<Refusal>,
}

pub(super) fn expect(world: &World) -> Vec<Expected<'_>> {
    let mut books = open(world);
    let mut lines: Vec<&Line> = world.lines.iter().collect();
    lines.sort_by_key(|line| line.number);
    lines.into_iter().map(|line| follow(world, line, &mut books)).collect()
}

/// The account of the ledger, in this model's words.
pub(super) fn key_of<'w>(world: &World, account: &'w Account) -> Key<'w> {
    let first = account.window.days.map_or(world.visited_on, |(first, _)| first);
    (account.code.as_str(), account.scope, account.unit, account.period, number(world, account.period, first))
}

fn open(world: &World) -> Books<'_> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (account, standing) in &world.standings {
        let (used, reserved) = (standing.used, standing.reserved);
        rows.push(Row { key: key_of(world, account), used, reserved, held: Vec::new() });
    }
    let mut approvals: Vec<(Uuid, i64, Option<i64>)> = Vec::new();
    for approval in world.lines.iter().filter_map(|line| line.approval.as_ref()) {
        if approvals.iter().any(|(id, ..)| *id == approval.reservation) {
            continue;
        }
        approvals.push((
            approval.reservation,
            approval.quantity.map_or(0, |it| it.thousandths()),
            approval.amount,
        ));
        for (account, held) in &approval.held {
            let key = key_of(world, account);
            let row = rows.iter_mut().find(|row| row.key == key).unwrap();
            row.held.push((approval.reservation, *held));
        }
    }
    let done =
        world.history.iter().map(|it| (it.benefit.as_str(), it.code.as_str(), it.date, false)).collect();
    Books { rows, approvals, done }
}

/// Which day, month, year of the policy, or the only one of its kind.
fn number(world: &World, period: Period, on: NaiveDate) -> i64 {
    match period {
        Period::Visit | Period::Lifetime => 0,
        Period::Day => i64::from(on.num_days_from_ce()),
        Period::Month => i64::from(on.year()) * 12 + i64::from(on.month()),
        Period::PolicyYear => {
            let anchor = world.policy_year_from;
            let begun = (on.month(), on.day()) >= (anchor.month(), anchor.day());
            i64::from(on.year() - anchor.year()) + i64::from(begun)
        }
    }
}

fn follow<'w>(world: &'w World, line: &'w Line, books: &mut Books<'w>) -> Expected<'w> {
    let mut benefit = None;
    for listed in line.tariff.iter().flat_map(|tariff| tariff.benefits.iter().rev()) {
        for candidate in world.plan.benefits.iter().filter(|it| it.service_type == world.service_type) {
            if candidate.code == *listed {
                benefit = Some(candidate);
            }
        }
    }
    let asking = matches!(line.cause, Cause::PreauthorizationLine(_));
    let good = |it: &&Approval| !asking && flaws(line, it).is_empty();
    let submitted = rounded(line.quantity.thousandths(), line.unit_price);
    let mut purse = Purse {
        world,
        line,
        benefit,
        accounts: benefit.map(|it| accounts(world, line, it)).unwrap_or_default(),
        approval: line.approval.as_ref().filter(good),
        francs: submitted,
        quantity: line.quantity.thousandths(),
        each: line.unit_price,
        parts: [0; 9],
        refusals: BTreeSet::new(),
    };
    purse.parts[SUBMITTED] = submitted;
    purse.walk(&world.plan.order, books);
    purse.close(books)
}

/// Half a franc goes up.
pub(super) fn rounded(thousandths: i64, each: i64) -> i64 {
    let exact = thousandths * each;
    let (whole, rest) = (exact / 1_000, exact % 1_000);
    if rest >= 500 { whole + 1 } else { whole }
}

fn accounts<'w>(world: &'w World, line: &Line, benefit: &'w Benefit) -> Vec<(Role, Key<'w>, i64)> {
    let mut found = Vec::new();
    if !benefit.covered {
        return found;
    }
    for limit in &benefit.limits {
        let number = number(world, limit.period, line.date);
        let key = (benefit.code.as_str(), limit.scope, limit.unit, limit.period, number);
        found.push((Role::Own, key, grown(limit, world.family_size)));
    }
    for it in world.plan.deductibles.iter().filter(|it| Some(&it.code) == benefit.deductible.as_ref()) {
        let number = number(world, it.period, line.date);
        found.push((Role::First, (it.code.as_str(), it.scope, Unit::Amount, it.period, number), it.amount));
    }
    let group = if world.adult { AgeGroup::Adult } else { AgeGroup::Child };
    if !benefit.ceiling_exempt.contains(&group) {
        for it in world.plan.ceilings.iter().filter(|it| benefit.ceilings.contains(&it.code)) {
            let number = number(world, it.limit.period, line.date);
            let key = (it.code.as_str(), it.limit.scope, it.limit.unit, it.limit.period, number);
            found.push((Role::Shared, key, grown(&it.limit, world.family_size)));
        }
    }
    found
}

/// One member after another.
fn grown(limit: &Limit, members: u32) -> i64 {
    let mut most = limit.most;
    if let Some(growth) = limit.growth {
        for _ in u32::from(growth.above_members)..members {
            most = (most + growth.each).min(growth.cap);
        }
    }
    most
}

impl<'w> Purse<'w> {
    fn walk(&mut self, steps: &[Step], books: &Books<'w>) {
        let [step, rest @ ..] = steps else {
            self.parts[PAYER] = self.francs;
            return;
        };
        let benefit = self.benefit.filter(|_| self.quantity > 0);
        match step {
            Step::TariffCap if self.quantity > 0 => self.price_list(),
            Step::TariffCap => {}
            Step::Exclusions => self.exclusions(books),
            Step::Deductible => {
                let room = self.rooms(books, Role::First, Unit::Amount).first().copied().unwrap_or(0);
                let mut taken = 0;
                while taken < room && self.francs > 0 {
                    self.francs -= 1;
                    taken += 1;
                }
                self.parts[DEDUCTIBLE] = taken;
            }
            Step::Copayment => {
                let fixed = benefit.map_or(0, |it| it.copayment);
                self.move_to(COPAY, fixed.min(self.francs));
            }
            Step::Coinsurance => {
                let hundredths = benefit.map_or(0, |it| i64::from(it.coinsurance.hundredths()));
                // As many francs as have at least half of themselves within the exact share.
                let mut share = 0;
                while (2 * share + 1) * 10_000 <= 2 * self.francs * hundredths {
                    share += 1;
                }
                self.move_to(COINSURANCE, share);
            }
            Step::CategoryLimit => self.within(books, Role::Own, OVER_CATEGORY, Refusal::LimitReached),
            Step::Ceiling => self.within(books, Role::Shared, OVER_CEILING, Refusal::CeilingReached),
        }
        self.walk(rest, books);
    }

    fn move_to(&mut self, part: usize, francs: i64) {
        assert!(0 <= francs && francs <= self.francs);
        self.francs -= francs;
        self.parts[part] += francs;
    }

    fn price_list(&mut self) {
        let (cap, refusal) = match (&self.line.decision, &self.line.tariff) {
            (Some(Review::Adjust { unit_price: Some(price), .. }), _) => (*price, Refusal::PriceReduced),
            (_, Some(tariff)) => (tariff.price, Refusal::AboveAgreedPrice),
            (_, None) => return,
        };
        while self.each > cap {
            self.each -= 1;
        }
        let fair = rounded(self.quantity, self.each);
        if self.francs > fair {
            self.refusals.insert(refusal);
            self.move_to(WRITE_OFF, self.francs - fair);
        }
    }

    fn exclusions(&mut self, books: &Books<'w>) {
        let (patients, facilitys) = self.reasons(books);
        if !patients.is_empty() || !facilitys.is_empty() {
            let (reviewed, doubled) = (self.reviewed(), self.doubled(books));
            let written_off = match reviewed {
                Some(refusal) => !patients_own(refusal),
                None => doubled.is_some() || patients.is_empty(),
            };
            self.move_to(if written_off { WRITE_OFF } else { NOT_COVERED }, self.francs);
            self.quantity = 0;
            self.refusals.extend(patients);
            self.refusals.extend(facilitys);
            return;
        }
        let adjusted = match &self.line.decision {
            Some(Review::Adjust { quantity: Some(it), .. }) => {
                Some((it.thousandths(), Refusal::QuantityReduced))
            }
            _ => None,
        };
        let listed = self.line.tariff.as_ref().and_then(|it| it.most_quantity);
        let listed = listed.map(|it| (it.thousandths(), Refusal::MoreThanPriceList));
        if let Some((most, refusal)) = adjusted.or(listed) {
            self.fewer(most, WRITE_OFF, refusal);
        }
        if let Some(approval) = self.approval {
            let (_, quantity, money) =
                *books.approvals.iter().find(|(id, ..)| *id == approval.reservation).unwrap();
            self.fewer(quantity, WRITE_OFF, Refusal::MoreThanApproved);
            if let Some(money) = money.filter(|money| *money < self.francs) {
                self.refusals.insert(Refusal::DearerThanApproved);
                self.move_to(WRITE_OFF, self.francs - money);
                self.quantity = if money == 0 { 0 } else { self.quantity };
            }
        }
        self.count(books);
    }

    /// One by one, while every count has room for another.
    fn count(&mut self, books: &Books<'w>) {
        let mut rooms = self.rooms(books, Role::Own, Unit::Count);
        rooms.extend(self.rooms(books, Role::Shared, Unit::Count));
        let (mut begun, mut fits) = (0, 0);
        while fits < self.quantity && rooms.iter().all(|room| *room > begun) {
            begun += 1;
            fits = self.quantity.min(begun * 1_000);
        }
        let refusal = if fits == 0 { Refusal::CountUsedUp } else { Refusal::CountExceeded };
        self.fewer(fits, NOT_COVERED, refusal);
    }

    fn fewer(&mut self, most: i64, part: usize, refusal: Refusal) {
        if self.quantity > most {
            self.quantity = most;
            self.refusals.insert(refusal);
            let worth = rounded(most, self.each).min(self.francs);
            self.move_to(part, self.francs - worth);
        }
    }

    /// Franc by franc, while every account has room for another.
    fn within(&mut self, books: &Books<'w>, role: Role, part: usize, refusal: Refusal) {
        let rooms = self.rooms(books, role, Unit::Amount);
        let mut paid = 0;
        while paid < self.francs && rooms.iter().all(|room| *room > paid) {
            paid += 1;
        }
        if paid < self.francs {
            self.refusals.insert(refusal);
            self.move_to(part, self.francs - paid);
            self.quantity = if paid == 0 { 0 } else { self.quantity };
        }
    }

    fn rooms(&self, books: &Books<'w>, role: Role, unit: Unit) -> Vec<i64> {
        let mut rooms = Vec::new();
        for (its, key, most) in &self.accounts {
            if *its == role && key.2 == unit {
                let row = books.rows.iter().find(|row| row.key == *key);
                let free = row.map_or(*most, |row| most - row.used - row.reserved);
                let id = self.approval.map(|it| it.reservation);
                let held = row.iter().flat_map(|row| &row.held).filter(|(holder, _)| Some(*holder) == id);
                rooms.push(free.max(0) + held.map(|(_, held)| held).sum::<i64>());
            }
        }
        rooms
    }

    fn close(self, books: &mut Books<'w>) -> Expected<'w> {
        let accepted = self.quantity > 0;
        let reservation = self.approval.filter(|_| accepted).map(|it| it.reservation);
        let mut takes = Vec::new();
        for (role, key, _) in self.accounts.iter().filter(|_| accepted) {
            let amount = match (key.2, role) {
                (Unit::Count, _) => (1..).find(|times| times * 1_000 >= self.quantity).unwrap(),
                (Unit::Amount, Role::First) => self.parts[DEDUCTIBLE],
                (Unit::Amount, _) => self.parts[PAYER],
            };
            if amount > 0 {
                books.take(*key, amount, reservation);
                takes.push((*key, amount));
            }
        }
        if let Some(benefit) = self.benefit.filter(|_| accepted) {
            books.done.push((benefit.code.as_str(), &self.line.code, self.line.date, true));
        }
        for (id, quantity, money) in &mut books.approvals {
            if Some(*id) == reservation {
                *quantity -= self.quantity;
                let priced = self.parts[SUBMITTED] - self.parts[WRITE_OFF] - self.parts[NOT_COVERED];
                *money = money.map(|money| money - priced);
            }
        }
        let determination = match (accepted, self.refusals.is_empty()) {
            (false, _) => Determination::Rejected,
            (true, true) => Determination::Approved,
            (true, false) => Determination::PartiallyApproved,
        };
        let Self { parts, quantity, refusals, .. } = self;
        Expected { parts, quantity, determination, refusals, takes, reservation }
    }
}

impl<'w> Books<'w> {
    /// What is reserved for it goes first.
    fn take(&mut self, key: Key<'w>, amount: i64, reservation: Option<Uuid>) {
        if !self.rows.iter().any(|row| row.key == key) {
            self.rows.push(Row { key, used: 0, reserved: 0, held: Vec::new() });
        }
        for row in self.rows.iter_mut().filter(|row| row.key == key) {
            row.used += amount;
            let mut rest = amount;
            for (_, held) in row.held.iter_mut().filter(|(id, _)| Some(*id) == reservation) {
                while *held > 0 && rest > 0 {
                    *held -= 1;
                    row.reserved -= 1;
                    rest -= 1;
                }
            }
        }
    }
}

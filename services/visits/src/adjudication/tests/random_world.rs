//! Worlds thrown by dice, small enough that every rule is met again and again.

use std::sync::LazyLock;

use careway_kernel::Percent;
use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::world::{FACILITY, MEMBER, World, code, day};
use crate::{
    adjudication::{
        catalogue::CLAIM_REFUSALS,
        diagnosis::Diagnosis,
        input::{Approval, Line, PriorService, Review, Tariff, TariffKind},
        quantity::Quantity,
    },
    benefits::domain::{ledger::Standing, posting::Cause},
    plans::domain::{
        AgeGroup, Benefit, Code, Growth, Limit, Preauthorization, Scope, Span, Step, Unit, Waiting,
        period::Period, service_type::ServiceType, tests::plan::benefit,
    },
};

/// The benefits of every random plan: two of outpatient care, one that is named as not covered, one of another kind.
const BENEFITS: [(&str, &str); 4] =
    [("CARE", "OUTPATIENT"), ("DRUG", "OUTPATIENT"), ("NOPE", "OUTPATIENT"), ("TEETH", "DENTAL")];
const CODES: [&str; 5] = ["A1", "A2", "M1", "M2", "X9"];

static DIAGNOSES: LazyLock<[Diagnosis; 4]> =
    LazyLock::new(|| ["J06.9", "F10.2", "I10", "Z41.1"].map(|text| Diagnosis::parse(text).unwrap()));
static NAMES: LazyLock<[Code; 4]> = LazyLock::new(|| BENEFITS.map(|(name, _)| code(name)));
static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar {
    visited: ["2026-06-15", "2026-06-29", "2026-12-30"].map(day),
    years: ["2026-01-01", "2025-06-16", "2024-07-01"].map(day),
    since: ["2020-03-01", "2026-04-30", "2026-05-31", "2026-06-16"].map(day),
});

/// Visits at the ends of months and years, so that a case's lines fall into several windows.
struct Calendar {
    visited: [NaiveDate; 3],
    years: [NaiveDate; 3],
    since: [NaiveDate; 4],
}

/// Throws that are the same for the same seed.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From `least` to `most`, both inclusive.
    pub(super) fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = u64::try_from(most - least + 1).unwrap();
        least + i64::try_from(self.roll() % span).unwrap()
    }

    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.roll() % of.len() as u64).unwrap()]
    }

    pub(super) fn shuffle<T>(&mut self, what: &mut [T]) {
        for last in (1..what.len()).rev() {
            what.swap(last, usize::try_from(self.roll() % (last as u64 + 1)).unwrap());
        }
    }

    fn maybe<T>(&mut self, percent: i64, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }
}

/// A world with a random plan; its case is thrown too.
pub(super) fn random_world(dice: &mut Dice) -> World {
    let benefits = BENEFITS.map(|(name, service_type)| random_benefit(dice, name, service_type));
    let mut world = World::of(benefits.to_vec());
    for name in ["ALL", "MOST"] {
        let limit = random_limit(dice);
        world = world.with_ceiling(name, limit);
    }
    let (period, scope) = random_span(dice);
    world = world.with_deductible("DED", period, scope, dice.between(1, 150));
    world.plan.order = random_order(dice);
    throw_case(&mut world, dice);
    world
}

/// The first two steps in either order, the others in any.
pub(super) fn random_order(dice: &mut Dice) -> Vec<Step> {
    let mut order = Step::DEFAULT_ORDER;
    if dice.chance(25) {
        order.swap(0, 1);
    }
    if dice.chance(75) {
        dice.shuffle(&mut order[2..]);
    }
    order.to_vec()
}

fn random_benefit(dice: &mut Dice, name: &str, service_type: &str) -> Benefit {
    let covered = name != "NOPE";
    let mut limits: Vec<Limit> = Vec::new();
    let tries = if covered { dice.between(0, 3) } else { 0 };
    for _ in 0..tries {
        let limit = random_limit(dice);
        if !limits.iter().any(|it| (it.period, it.scope, it.unit) == (limit.period, limit.scope, limit.unit))
        {
            limits.push(limit);
        }
    }
    let mut ceilings = Vec::new();
    for name in ["ALL", "MOST"] {
        ceilings.extend(dice.maybe(40, |_| code(name)));
    }
    let mut exclusions = Vec::new();
    for (name, percent) in [("x9", 20), ("F10", 15), ("J069", 4)] {
        exclusions.extend(dice.maybe(percent, |_| name.to_owned()));
    }
    let mut span = |percent| {
        let span = dice.maybe(percent, |dice| Span {
            months: u16::try_from(dice.between(0, 2)).unwrap(),
            days: u16::try_from(dice.between(0, 40)).unwrap(),
        });
        span.unwrap_or_default()
    };
    let waiting = Waiting { adult: span(15), child: span(15) };
    Benefit {
        covered,
        limits,
        deductible: dice.maybe(40, |_| code("DED")),
        ceilings,
        ceiling_exempt: dice
            .maybe(10, |dice| *dice.pick(&[AgeGroup::Adult, AgeGroup::Child]))
            .into_iter()
            .collect(),
        copayment: dice.maybe(35, |dice| dice.between(1, 40)).unwrap_or(0),
        coinsurance: Percent::from_hundredths(*dice.pick(&[0_u16, 0, 1_000, 1_250, 3_333, 5_000, 10_000]))
            .unwrap(),
        waiting,
        frequency_days: dice.maybe(15, |dice| u16::try_from(dice.between(1, 30)).unwrap()),
        preauthorization: match dice.between(0, 9) {
            0..=5 => Preauthorization::Never,
            6 => Preauthorization::Always,
            _ => Preauthorization::Above(dice.between(0, 120)),
        },
        exclusions,
        ..benefit(name, service_type)
    }
}

fn random_span(dice: &mut Dice) -> (Period, Scope) {
    let period = *dice.pick(&Period::ALL);
    (period, if period == Period::Visit { Scope::Member } else { *dice.pick(&Scope::ALL) })
}

fn random_limit(dice: &mut Dice) -> Limit {
    let (period, scope) = random_span(dice);
    let unit = *dice.pick(&[Unit::Amount, Unit::Amount, Unit::Count]);
    let most = if unit == Unit::Amount { dice.between(1, 250) } else { dice.between(1, 6) };
    let growing = if scope == Scope::Family { 40 } else { 0 };
    let growth = dice.maybe(growing, |dice| Growth {
        above_members: u16::try_from(dice.between(1, 4)).unwrap(),
        each: dice.between(1, 3),
        cap: most + dice.between(0, 6),
    });
    Limit { period, scope, unit, most, growth }
}

/// Another case under the same plan.
pub(super) fn throw_case(world: &mut World, dice: &mut Dice) {
    world.visited_on = *dice.pick(&CALENDAR.visited);
    world.policy_year_from = *dice.pick(&CALENDAR.years);
    world.member_since = if dice.chance(80) { CALENDAR.since[0] } else { *dice.pick(&CALENDAR.since) };
    world.adult = dice.chance(60);
    world.family_size = u32::try_from(dice.between(1, 7)).unwrap();
    world.service_type = ServiceType::parse(if dice.chance(92) { "OUTPATIENT" } else { "DENTAL" }).unwrap();
    let approvals: Vec<Approval> = (0..2).map(|at| random_approval(dice, world.visited_on, at)).collect();
    let asks = dice.chance(8);
    world.lines = (1..=*dice.pick(&[1_u16, 1, 1, 2, 2, 3, 4]))
        .map(|number| random_line(dice, world.visited_on, &approvals, (number, asks)))
        .collect();
    world.history = (0..dice.between(0, 2)).map(|_| random_care(dice, world.visited_on)).collect();
    throw_standings(world, dice);
}

fn random_line(
    dice: &mut Dice,
    visited_on: NaiveDate,
    approvals: &[Approval],
    (number, asks): (u16, bool),
) -> Line {
    let id = Uuid::from_u128(0x100 + u128::from(number));
    let approval = dice.maybe(35, |dice| dice.pick(approvals).clone());
    let code = match &approval {
        Some(approval) if dice.chance(85) => approval.code.clone(),
        _ => (*dice.pick(&CODES)).to_owned(),
    };
    let unit_price = if dice.chance(4) { dice.between(0, 1_500) } else { dice.between(0, 60) };
    let tariff = dice.maybe(97, |dice| Tariff {
        code: code.clone(),
        kind: *dice.pick(&TariffKind::ALL),
        benefits: random_benefits(dice),
        price: (unit_price + dice.between(-15, 25)).max(0),
        most_quantity: dice.maybe(12, random_quantity),
    });
    Line {
        cause: if asks { Cause::PreauthorizationLine(id) } else { Cause::ClaimLine(id) },
        number,
        code,
        date: visited_on + Days::new(if dice.chance(60) { 0 } else { dice.between(0, 3).unsigned_abs() }),
        quantity: random_quantity(dice),
        unit_price,
        diagnoses: (0..dice.between(1, 2)).map(|_| dice.pick(&*DIAGNOSES).clone()).collect(),
        tariff,
        decision: random_review(dice, unit_price),
        approval,
    }
}

/// Now and then none, or only such as the plan does not cover.
fn random_benefits(dice: &mut Dice) -> Vec<Code> {
    let mut benefits: Vec<Code> = NAMES.iter().filter(|_| dice.chance(45)).cloned().collect();
    dice.shuffle(&mut benefits);
    benefits
}

fn random_quantity(dice: &mut Dice) -> Quantity {
    let thousandths = if dice.chance(65) { dice.between(1, 5) * 1_000 } else { dice.between(1, 4_500) };
    Quantity::from_thousandths(thousandths).unwrap()
}

fn random_review(dice: &mut Dice, unit_price: i64) -> Option<Review> {
    Some(match dice.between(1, 100) {
        1..=5 => Review::Accept,
        6..=12 => {
            Review::Reject { refusal: dice.pick(CLAIM_REFUSALS).refusal, text: "as is said".to_owned() }
        }
        13..=28 => Review::Adjust {
            quantity: dice.maybe(60, random_quantity),
            unit_price: dice.maybe(60, |dice| (unit_price + dice.between(-20, 10)).max(0)),
            reason: String::new(),
        },
        _ => return None,
    })
}

fn random_approval(dice: &mut Dice, visited_on: NaiveDate, at: u128) -> Approval {
    let other = Uuid::from_u128(99);
    let from = visited_on - Days::new(10);
    Approval {
        reservation: Uuid::from_u128(0x200 + at),
        code: (*dice.pick(&CODES)).to_owned(),
        member: if dice.chance(6) { careway_kernel::MemberId::from_uuid(other) } else { MEMBER },
        facility: if dice.chance(6) { careway_kernel::OrganizationId::from_uuid(other) } else { FACILITY },
        from: if dice.chance(6) { visited_on + Days::new(1) } else { from },
        to: visited_on + Days::new(if dice.chance(12) { 0 } else { 20 }),
        quantity: dice.maybe(93, random_quantity),
        amount: dice.maybe(40, |dice| dice.between(0, 150)),
        held: Vec::new(),
    }
}

fn random_care(dice: &mut Dice, visited_on: NaiveDate) -> PriorService {
    PriorService {
        benefit: dice.pick(&*NAMES).clone(),
        code: (*dice.pick(&CODES)).to_owned(),
        date: visited_on - Days::new(12) + Days::new(dice.between(0, 17).unsigned_abs()),
    }
}

/// Something used, something reserved, part of it held by the case's own approvals; now and then beyond the limit, as
/// when a family has become smaller.
fn throw_standings(world: &mut World, dice: &mut Dice) {
    world.standings.clear();
    let mut approvals: Vec<Approval> = world.lines.iter().filter_map(|it| it.approval.clone()).collect();
    approvals.sort_by_key(|it| it.reservation);
    approvals.dedup_by_key(|it| it.reservation);
    for account in world.accounts() {
        if dice.chance(35) {
            continue;
        }
        let most = if account.unit == Unit::Amount { 160 } else { 3 };
        let used = if dice.chance(70) { dice.between(0, most) } else { 0 };
        let reserved = if dice.chance(70) { dice.between(0, most) } else { 0 };
        let mut unheld = reserved;
        for approval in &mut approvals {
            let held = dice.between(0, unheld);
            unheld -= held;
            if held > 0 {
                approval.held.push((account.clone(), held));
            }
        }
        world.standings.insert(account, Standing { used, reserved });
    }
    for line in &mut world.lines {
        let cited = line.approval.as_ref().map(|it| it.reservation);
        line.approval = approvals.iter().find(|it| Some(it.reservation) == cited).cloned();
    }
}

//! Adjudication agrees with the reference on a hundred thousand random cases, in which every rule is met many times.

use std::collections::BTreeMap;

use super::{
    model::{self, Expected, expect, key_of},
    random_world::{Dice, random_world, throw_case},
    world::World,
};
use crate::{
    adjudication::{
        amounts::{Amounts, Share},
        catalogue::CLAIM_REFUSALS,
        outcome::{Determination, LineOutcome, Outcome},
        refusal::Refusal,
        trace::{Because, Stage},
    },
    benefits::domain::posting::Posting,
    plans::domain::Step,
};

const PLANS: u64 = 2_500;
const CASES_PER_PLAN: u64 = 40;
const THREADS: u64 = 4;
/// How often each rule must have been met.
const OFTEN: usize = 150;

/// What was met, and how often.
type Met = BTreeMap<Rule, usize>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rule {
    Determination(Determination),
    Refusal(Refusal),
    Share(Share),
    /// A step that took something.
    Takes(Stage),
    /// A price, or a share in per cent, that was not whole.
    Rounded(Stage),
    DrawsOnReservation,
    GrownLimit,
    Paid,
}

#[test]
fn production_agrees_with_the_reference() {
    let threads: Vec<_> = (0..THREADS).map(|thread| std::thread::spawn(move || compare(thread))).collect();
    let mut met = Met::new();
    for (rule, times) in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
        *met.entry(rule).or_default() += times;
    }
    let mut rules = vec![Rule::DrawsOnReservation, Rule::GrownLimit, Rule::Paid];
    rules.extend(CLAIM_REFUSALS.iter().map(|row| Rule::Refusal(row.refusal)));
    rules.extend(Share::ALL.map(Rule::Share));
    rules.extend(Determination::ALL.map(Rule::Determination));
    rules.extend(Step::DEFAULT_ORDER.map(|step| Rule::Takes(step.into())));
    rules.extend([Stage::Price, Stage::Coinsurance].map(Rule::Rounded));
    rules.retain(|rule| met.get(rule).is_none_or(|times| *times < OFTEN));
    assert!(rules.is_empty(), "met too seldom: {rules:?} of {met:#?}");
}

/// Every fourth plan.
fn compare(thread: u64) -> Met {
    let mut met = Met::new();
    for seed in (0..PLANS).filter(|seed| seed % THREADS == thread) {
        let mut dice = Dice::new(seed);
        let mut world = random_world(&mut dice);
        for case in 0..CASES_PER_PLAN {
            throw_case(&mut world, &mut dice);
            let (outcome, expected) = (world.adjudicate(), expect(&world));
            assert_eq!(outcome.lines.len(), expected.len());
            for (line, expected) in outcome.lines.iter().zip(&expected) {
                assert_eq!(
                    seen(&world, line),
                    *expected,
                    "plan {seed}, case {case}, line {}\n{line:#?}\n{world:#?}",
                    line.number
                );
            }
            assert_eq!(parts(&outcome.totals), sums(&expected), "plan {seed}, case {case}");
            note(&mut met, &world, &outcome);
        }
    }
    met
}

/// An outcome in the reference's words.
fn seen<'w>(world: &World, line: &'w LineOutcome) -> Expected<'w> {
    let take = |posting: &'w Posting| (key_of(world, &posting.account), posting.amount);
    Expected {
        parts: parts(&line.amounts),
        quantity: line.quantity.map_or(0, |quantity| quantity.thousandths()),
        determination: line.determination,
        refusals: line.refusals.iter().map(|it| it.refusal).collect(),
        takes: line.postings.iter().map(take).collect(),
        reservation: line.draws.then(|| cited(world, line)),
    }
}

/// The reservation that the line's postings name, all of them the same.
fn cited(world: &World, line: &LineOutcome) -> uuid::Uuid {
    let own = world.lines.iter().find(|it| it.number == line.number).unwrap();
    let reservation = own.approval.as_ref().unwrap().reservation;
    assert!(line.postings.iter().all(|posting| posting.reservation == Some(reservation)));
    reservation
}

fn parts(amounts: &Amounts) -> [i64; 9] {
    let mut parts = [0; 9];
    parts[model::SUBMITTED] = amounts.submitted;
    parts[model::WRITE_OFF] = amounts.write_off;
    parts[model::NOT_COVERED] = amounts.not_covered;
    parts[model::DEDUCTIBLE] = amounts.deductible;
    parts[model::COPAY] = amounts.copay;
    parts[model::COINSURANCE] = amounts.coinsurance;
    parts[model::OVER_CATEGORY] = amounts.over_category;
    parts[model::OVER_CEILING] = amounts.over_ceiling;
    parts[model::PAYER] = amounts.payer;
    parts
}

fn sums(expected: &[Expected<'_>]) -> [i64; 9] {
    std::array::from_fn(|part| expected.iter().map(|line| line.parts[part]).sum())
}

fn note(met: &mut Met, world: &World, outcome: &Outcome) {
    let mut note = |rule| *met.entry(rule).or_default() += 1;
    for (line, of) in outcome.lines.iter().zip(&world.lines) {
        note(Rule::Determination(line.determination));
        line.refusals.iter().for_each(|it| note(Rule::Refusal(it.refusal)));
        for step in line.trace.iter().filter(|step| step.taken > 0) {
            note(Rule::Takes(step.stage));
            step.share.iter().for_each(|share| note(Rule::Share(*share)));
            if let Because::Coinsurance { percent } = step.because
                && step.before * i64::from(percent.hundredths()) % 10_000 != 0
            {
                note(Rule::Rounded(step.stage));
            }
        }
        if of.quantity.thousandths() * of.unit_price % 1_000 != 0 {
            note(Rule::Rounded(Stage::Price));
        }
        if line.amounts.payer == 0 {
            continue;
        }
        note(Rule::Paid);
        if line.draws && !line.postings.is_empty() {
            note(Rule::DrawsOnReservation);
        }
        let benefit = world.plan.benefits.iter().find(|it| Some(&it.code) == line.benefit.as_ref());
        let mut limits = benefit.iter().flat_map(|it| &it.limits);
        if limits.any(|it| it.most_for(world.family_size) > it.most) {
            note(Rule::GrownLimit);
        }
    }
}

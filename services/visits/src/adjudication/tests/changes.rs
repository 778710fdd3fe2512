//! What changes when lines change places or a limit is raised.

use std::collections::BTreeSet;

use chrono::Days;
use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;

use super::{
    laws::worlds,
    random_world::Dice,
    world::{World, day},
};
use crate::{
    adjudication::input::Line,
    benefits::domain::posting::Cause,
    plans::domain::{Limit, Step, Unit, Waiting, period::Period},
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Lines that are equal but for their numbers, or besides for their day where no rule looks at days: whichever
    /// comes first, the claim comes to the same.
    #[test]
    fn equal_lines_may_change_places(world in worlds(), seed in any::<u64>(), copies in 2..5_u16) {
        let mut dice = Dice::new(seed);
        let mut world = world;
        let equal = world.lines[0].clone();
        world.lines.truncate(2);
        world.lines.extend((10..10 + copies).map(|number| Line {
            number,
            cause: Cause::ClaimLine(Uuid::from_u128(u128::from(number))),
            ..equal.clone()
        }));
        let totals = world.adjudicate().totals;
        let mut numbers: Vec<u16> = world.lines.iter().skip(2).map(|line| line.number).collect();
        dice.shuffle(&mut numbers);
        for (line, number) in world.lines.iter_mut().skip(2).zip(&numbers) {
            line.number = *number;
        }
        prop_assert_eq!(world.adjudicate().totals, totals);

        blind_to_days(&mut world);
        for (line, on) in world.lines.iter_mut().skip(2).zip(20_u64..) {
            line.date = day("2026-06-01") + Days::new(on);
            line.approval = None;
        }
        let totals = world.adjudicate().totals;
        for (line, number) in world.lines.iter_mut().skip(2).zip(numbers.iter().rev()) {
            line.number = *number;
        }
        prop_assert_eq!(world.adjudicate().totals, totals);
    }

    #[test]
    fn a_higher_limit_never_pays_less_of_a_line(world in worlds(), which in any::<Index>(), more in 1..90_i64) {
        let mut world = world;
        world.lines.truncate(1);
        let paid = world.adjudicate().totals.payer;
        let limits = raisable(&mut world);
        raise(limits, which, more);
        prop_assert!(world.adjudicate().totals.payer >= paid);
    }

    /// Of a whole claim so only where all lines are of one day, the limits of money come last, and one ceiling is
    /// shared: otherwise what a raised limit lets through may leave less to other lines than it added.
    #[test]
    fn a_higher_limit_of_money_never_pays_less_of_a_claim(
        world in worlds(),
        which in any::<Index>(),
        more in 1..90_i64,
    ) {
        let mut world = world;
        world.plan.order = Step::DEFAULT_ORDER.to_vec();
        world.plan.ceilings.truncate(1);
        let kept = world.plan.ceilings[0].code.clone();
        world.plan.benefits.iter_mut().for_each(|it| it.ceilings.retain(|code| *code == kept));
        for line in &mut world.lines {
            line.date = world.visited_on;
            line.approval = None;
        }
        world.standings.clear();
        let paid = world.adjudicate().totals.payer;
        let mut limits = raisable(&mut world);
        limits.retain(|limit| limit.unit == Unit::Amount);
        raise(limits, which, more);
        prop_assert!(world.adjudicate().totals.payer >= paid);
    }
}

/// Takes from a world every rule that looks at days within a month.
fn blind_to_days(world: &mut World) {
    world.history.clear();
    world.standings.clear();
    world.policy_year_from = day("2026-01-01");
    world.visited_on = day("2026-06-15");
    world.member_since = day("2020-01-01");
    let daily = |limit: &mut Limit| {
        if limit.period == Period::Day {
            limit.period = Period::Lifetime;
        }
    };
    for benefit in &mut world.plan.benefits {
        benefit.frequency_days = None;
        benefit.waiting = Waiting::default();
        benefit.limits.iter_mut().for_each(daily);
        let mut seen = BTreeSet::new();
        benefit.limits.retain(|it| seen.insert((it.period, it.scope, it.unit)));
    }
    world.plan.ceilings.iter_mut().for_each(|it| daily(&mut it.limit));
    for it in world.plan.deductibles.iter_mut().filter(|it| it.period == Period::Day) {
        it.period = Period::Lifetime;
    }
}

fn raisable(world: &mut World) -> Vec<&mut Limit> {
    let own = world.plan.benefits.iter_mut().flat_map(|it| &mut it.limits);
    own.chain(world.plan.ceilings.iter_mut().map(|it| &mut it.limit)).collect()
}

/// One of the limits, its cap too; where there is none, nothing.
fn raise(mut limits: Vec<&mut Limit>, which: Index, more: i64) {
    if limits.is_empty() {
        return;
    }
    let at = which.index(limits.len());
    let limit = &mut limits[at];
    limit.most += more;
    if let Some(growth) = &mut limit.growth {
        growth.cap += more;
    }
}

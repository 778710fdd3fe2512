//! What holds of every case, whatever the plan: the laws that money and limits are kept by.

use std::collections::BTreeSet;

use careway_kernel::Violations;
use proptest::prelude::*;

use super::{
    memory_ledger::MemoryLedger,
    random_world::{Dice, random_order, random_world},
    world::World,
};
use crate::{
    adjudication::{
        amounts::{Amounts, Share},
        input::{Line, PriorService, Review},
        outcome::{Determination, LineOutcome, Outcome},
        quantity::Quantity,
        trace::{Stage, TraceStep},
    },
    benefits::domain::{ledger::Account, posting::Cause},
    plans::domain::{Limit, Step, Unit, rules::check_plan},
};

/// Any world; what shrinks is only its seed.
pub(super) fn worlds() -> impl Strategy<Value = World> {
    any::<u64>().prop_map(|seed| random_world(&mut Dice::new(seed)))
}

/// `submitted = write_off + not_covered + deductible + copay + coinsurance + over_category + over_ceiling + payer`.
fn holds(amounts: &Amounts) -> bool {
    let parts = [
        amounts.write_off,
        amounts.not_covered,
        amounts.deductible,
        amounts.copay,
        amounts.coinsurance,
        amounts.over_category,
        amounts.over_ceiling,
        amounts.payer,
    ];
    parts.iter().all(|part| *part >= 0)
        && amounts.submitted == parts.iter().sum::<i64>()
        && amounts.submitted == amounts.write_off + amounts.patient() + amounts.payer
}

/// What a plan lets an account reach.
fn most(world: &World, account: &Account) -> i64 {
    let own = world.plan.benefits.iter().flat_map(|it| it.limits.iter().map(move |limit| (&it.code, limit)));
    let ceilings = world.plan.ceilings.iter().map(|it| (&it.code, &it.limit));
    let kind = |limit: &Limit| (limit.scope, limit.period, limit.unit);
    let limit = own.chain(ceilings).find(|(code, limit)| {
        **code == account.code && kind(limit) == (account.scope, account.period, account.unit)
    });
    let deductible = || world.plan.deductibles.iter().find(|it| it.code == account.code).unwrap().amount;
    limit.map_or_else(deductible, |(_, limit)| limit.most_for(world.family_size))
}

/// The world after some of its lines were adjudicated and kept: the ledger moved on, their care is history, and their
/// approvals allow less.
fn afterwards(world: &World, done: &[LineOutcome], ledger: &MemoryLedger) -> World {
    let mut after = world.clone();
    after.standings.clone_from(&ledger.standings);
    let number = |line: &Line| done.iter().any(|it| it.number == line.number);
    after.lines.retain(|line| !number(line));
    for outcome in done.iter().filter(|it| it.determination != Determination::Rejected) {
        let line = world.lines.iter().find(|it| it.number == outcome.number).unwrap();
        let benefit = outcome.benefit.clone().unwrap();
        after.history.push(PriorService { benefit, code: line.code.clone(), date: line.date });
    }
    for approval in after.lines.iter_mut().filter_map(|line| line.approval.as_mut()) {
        let cites = |it: &&LineOutcome| {
            let line = world.lines.iter().find(|line| line.number == it.number).unwrap();
            it.draws && line.approval.as_ref().is_some_and(|of| of.reservation == approval.reservation)
        };
        let drew: Vec<_> = done.iter().filter(cites).collect();
        let quantity: i64 = drew.iter().map(|it| it.quantity.unwrap().thousandths()).sum();
        let left = approval.quantity.map_or(0, Quantity::thousandths) - quantity;
        approval.quantity = Quantity::from_thousandths(left);
        let allowed: i64 = drew.iter().map(|it| it.allowed).sum();
        approval.amount = approval.amount.map(|amount| amount - allowed);
        approval.held = ledger.held_now(approval.reservation);
    }
    after
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_franc_is_in_one_part_and_none_is_below_nothing(world in worlds()) {
        let outcome = world.adjudicate();
        let mut sum = Amounts::default();
        for line in &outcome.lines {
            prop_assert!(holds(&line.amounts), "{line:#?}");
            let own = world.lines.iter().find(|it| it.number == line.number).unwrap();
            prop_assert_eq!(line.amounts.submitted, own.quantity.price(own.unit_price));
            prop_assert!(line.quantity.is_none_or(|quantity| quantity <= own.quantity));
            prop_assert!(line.determination != Determination::Rejected || (line.postings.is_empty() && line.amounts.payer == 0));
            sum = sum + line.amounts;
        }
        prop_assert!(holds(&outcome.totals));
        prop_assert!(outcome.determination != Determination::PartiallyApproved || outcome.totals.payer > 0);
        prop_assert_eq!(sum, outcome.totals);
    }

    #[test]
    fn the_trace_tells_every_step_in_the_plans_order_and_all_that_was_taken(world in worlds()) {
        for line in world.adjudicate().lines {
            let mut stages: Vec<Stage> = line.trace.iter().map(|step| step.stage).collect();
            stages.dedup();
            let mut order = vec![Stage::Price];
            order.extend(world.plan.order.iter().map(|step| Stage::from(*step)));
            prop_assert_eq!(stages, order);
            let mut left = line.amounts.submitted;
            let mut told = Amounts { submitted: left, ..Amounts::default() };
            for step in &line.trace {
                prop_assert_eq!((step.before, step.after), (left, left - step.taken));
                prop_assert_eq!(step.share.is_some(), step.taken > 0);
                step.share.iter().for_each(|share| told.add(*share, step.taken));
                left = step.after;
            }
            told.payer = left;
            prop_assert_eq!(told, line.amounts);
            let kept = serde_json::to_string(&line.trace).unwrap();
            prop_assert_eq!(serde_json::from_str::<Vec<TraceStep>>(&kept).unwrap(), line.trace);
        }
    }

    #[test]
    fn the_same_case_has_the_same_outcome_in_whatever_order_its_lines_stand(
        world in worlds(),
        seed in any::<u64>(),
    ) {
        let outcome = world.adjudicate();
        prop_assert_eq!(&world.adjudicate(), &outcome);
        let mut shuffled = world;
        Dice::new(seed).shuffle(&mut shuffled.lines);
        prop_assert_eq!(shuffled.adjudicate(), outcome);
    }

    #[test]
    fn what_is_taken_was_left_and_was_locked(world in worlds()) {
        let locked = world.accounts();
        prop_assert!(locked.is_sorted() && locked.iter().collect::<BTreeSet<_>>().len() == locked.len());
        let mut ledger = MemoryLedger::open(&world);
        for line in world.adjudicate().lines {
            let reservation = line.postings.first().and_then(|it| it.reservation);
            for posting in &line.postings {
                prop_assert!(locked.contains(&posting.account));
                let stood = ledger.standings[&posting.account];
                let held = reservation.and_then(|id| ledger.held.get(&(id, posting.account.clone())));
                let most = most(&world, &posting.account);
                let left = (most - stood.used - stood.reserved).max(0) + held.copied().unwrap_or(0);
                prop_assert!(posting.amount <= left, "{posting:?} of {left}");
                // Only what stood beyond the limit already may stay there.
                prop_assert_eq!(posting.most, Some(most.max(stood.used + stood.reserved)));
                ledger.commit(posting);
            }
        }
    }

    #[test]
    fn postings_are_what_was_taken_of_every_account_a_line_touches(world in worlds()) {
        for line in world.adjudicate().lines {
            let own: Vec<Line> = world.lines.iter().filter(|it| it.number == line.number).cloned().collect();
            for account in world.clone().with(own).accounts() {
                let deductible = world.plan.deductibles.iter().any(|it| it.code == account.code);
                let taken = match (account.unit, line.quantity) {
                    (_, None) => 0,
                    (Unit::Count, Some(quantity)) => quantity.times(),
                    (Unit::Amount, _) if deductible => line.amounts.deductible,
                    (Unit::Amount, _) => line.amounts.payer,
                };
                let posted = line.postings.iter().filter(|it| it.account == account).map(|it| it.amount);
                prop_assert_eq!(posted.sum::<i64>(), taken);
                prop_assert!(line.postings.iter().all(|it| it.cause == line.cause && it.amount > 0));
            }
        }
    }

    /// Exactly so, not only where nothing is rounded: no rounding reaches across lines.
    #[test]
    fn a_claim_split_in_two_consecutive_ones_comes_to_the_same(world in worlds(), at in 0..4_usize) {
        let whole = world.adjudicate().lines;
        let mut first = world.clone();
        first.lines.truncate(at);
        let mut ledger = MemoryLedger::open(&world);
        let first = first.adjudicate();
        first.postings().for_each(|posting| ledger.commit(posting));
        let second = afterwards(&world, &first.lines, &ledger).adjudicate();
        prop_assert_eq!(whole.len(), first.lines.len() + second.lines.len());
        for (one, two) in whole.iter().zip(first.lines.iter().chain(&second.lines)) {
            prop_assert_eq!(one.number, two.number);
            prop_assert_eq!(one.amounts, two.amounts);
            prop_assert_eq!((one.quantity, one.allowed, one.determination), (two.quantity, two.allowed, two.determination));
            prop_assert_eq!(&one.postings, &two.postings);
        }
    }

    #[test]
    fn reversing_every_line_in_any_order_leaves_the_ledger_as_it_was(world in worlds(), seed in any::<u64>()) {
        let before = MemoryLedger::open(&world);
        let mut ledger = before.clone();
        let outcome = world.adjudicate();
        outcome.postings().for_each(|posting| ledger.commit(posting));
        let mut causes: Vec<Cause> = outcome.lines.iter().map(|line| line.cause).collect();
        Dice::new(seed).shuffle(&mut causes);
        causes.into_iter().for_each(|cause| ledger.reverse(cause));
        prop_assert_eq!(ledger, before);
    }

    /// Where prices are capped before anything is refused.
    #[test]
    fn nobody_but_the_facility_bears_what_is_above_the_agreed_price(world in worlds()) {
        let mut world = world;
        world.plan.order = Step::DEFAULT_ORDER.to_vec();
        for line in &world.adjudicate().lines {
            let own = world.lines.iter().find(|it| it.number == line.number).unwrap();
            let cap = match (&own.decision, &own.tariff) {
                (Some(Review::Adjust { unit_price: Some(price), .. }), _) => *price,
                (_, Some(tariff)) => tariff.price,
                (_, None) => continue,
            };
            let agreed = own.quantity.price(own.unit_price.min(cap));
            prop_assert!(line.amounts.payer + line.amounts.patient() <= agreed);
        }
    }
}

/// Every order that a plan may have, and no other, is walked as it is written.
#[test]
fn each_order_that_a_plan_may_have_is_kept_to() {
    let mut orders = BTreeSet::new();
    let mut dice = Dice::new(7);
    while orders.len() < 240 {
        orders.insert(random_order(&mut dice));
    }
    let mut world = random_world(&mut dice);
    let mut reversed: Vec<Step> = Step::DEFAULT_ORDER.to_vec();
    reversed.reverse();
    for (order, allowed) in orders.into_iter().map(|order| (order, true)).chain([(reversed, false)]) {
        world.plan.order = order;
        let mut v = Violations::default();
        check_plan(&mut v, &world.plan);
        assert_eq!(v.finish().is_ok(), allowed, "{:?}", world.plan.order);
        if !allowed {
            continue;
        }
        for line in world.adjudicate().lines {
            let mut stages: Vec<Stage> = line.trace.iter().skip(1).map(|step| step.stage).collect();
            stages.dedup();
            let order: Vec<Stage> = world.plan.order.iter().map(|step| Stage::from(*step)).collect();
            assert_eq!(stages, order);
        }
    }
}

/// The steps that take a share of what is left come to another sum in another order, each to its own.
#[test]
fn two_orders_of_two_steps_differ_as_they_should() {
    let mut differed = 0;
    for seed in 0..400 {
        let mut world = random_world(&mut Dice::new(seed));
        let outcome = |world: &World| -> Outcome { world.adjudicate() };
        world.plan.order = Step::DEFAULT_ORDER.to_vec();
        let deductible_first = outcome(&world);
        world.plan.order.swap(2, 4);
        let coinsurance_first = outcome(&world);
        for (one, two) in deductible_first.lines.iter().zip(&coinsurance_first.lines).take(1) {
            let share = |line: &LineOutcome| {
                line.trace.iter().find(|it| it.share == Some(Share::Coinsurance)).cloned()
            };
            let (Some(late), Some(early)) = (share(one), share(two)) else { continue };
            // A share of what was left before anything else of the patient's is never the smaller.
            assert!(early.taken >= late.taken && early.before >= late.before);
            differed += usize::from(early.taken > late.taken);
        }
    }
    assert!(differed > 10, "{differed}");
}

//! Deductibles, co-payments, limits and ceilings: what each line leaves to the next.

use careway_kernel::Percent;

use super::world::{RESERVATION, World, approval, care, code, day, limit, line, quantity, refusals, yearly};
use crate::{
    adjudication::{
        input::{Approval, Line},
        outcome::{Determination, LineOutcome},
    },
    benefits::domain::ledger::Standing,
    plans::domain::{
        AgeGroup, Benefit, Growth, Limit, Preauthorization, Scope, Unit, period::Period, tests::plan::benefit,
    },
};

fn limited(limits: impl IntoIterator<Item = Limit>) -> Benefit {
    Benefit { limits: limits.into_iter().collect(), ..care() }
}

/// Code and amount of what a line posts.
fn posted(line: &LineOutcome) -> Vec<(&str, Unit, i64)> {
    line.postings.iter().map(|it| (it.account.code.as_str(), it.account.unit, it.amount)).collect()
}

fn payers(world: &World) -> Vec<i64> {
    world.adjudicate().lines.iter().map(|it| it.amounts.payer).collect()
}

#[test]
fn a_deductible_is_paid_once_a_period() {
    let deducting = Benefit { deductible: Some(code("DED")), ..care() };
    let monthly = World::of(vec![deducting]).with_deductible("DED", Period::Month, Scope::Member, 150);
    let lines = [
        line(1, "A", "1", 100),
        line(2, "B", "1", 100),
        Line { date: day("2026-07-01"), ..line(3, "C", "1", 100) },
    ];
    let world = monthly.with(lines);
    assert_eq!(payers(&world), [0, 50, 0]);
    let first = &world.adjudicate().lines[0];
    assert_eq!(
        (posted(first), first.determination),
        (vec![("DED", Unit::Amount, 100)], Determination::Approved)
    );
    // Part of it was paid before.
    assert_eq!(payers(&world.clone().standing("DED", 120, 20)), [90, 100, 90]);
}

#[test]
fn a_copayment_is_of_each_line_and_a_share_is_rounded_half_up() {
    let sharing = Benefit { copayment: 3, coinsurance: Percent::parse("50").unwrap(), ..care() };
    let world =
        World::of(vec![sharing]).with([line(1, "A", "1", 10), line(2, "B", "1", 11), line(3, "C", "1", 2)]);
    let shares = |it: &LineOutcome| (it.amounts.copay, it.amounts.coinsurance, it.amounts.payer);
    let lines = world.adjudicate().lines;
    assert_eq!(lines.iter().map(shares).collect::<Vec<_>>(), [(3, 4, 3), (3, 4, 4), (2, 0, 0)]);
}

#[test]
fn earlier_lines_leave_less_of_a_limit() {
    let world = World::of(vec![limited([yearly(Unit::Amount, 250)])])
        .with([line(3, "C", "1", 100), line(1, "A", "1", 100), line(2, "B", "1", 100)])
        .standing("CARE", 30, 10);
    let lines = world.adjudicate().lines;
    let paid: Vec<_> = lines.iter().map(|it| (it.number, it.amounts.payer)).collect();
    assert_eq!(paid, [(1, 100), (2, 100), (3, 10)]);
    assert_eq!((refusals(&lines[2]), lines[2].amounts.over_category), (vec!["BENX-003"], 90));
    assert!(lines[2].refusals[0].text().ends_with("Of RWF 250, RWF 10 are left."));
    assert_eq!(lines[2].postings[0].most, Some(250));
}

#[test]
fn what_a_limit_leaves_nothing_of_is_rejected_and_takes_nothing() {
    let care = Benefit {
        deductible: Some(code("DED")),
        ..limited([yearly(Unit::Amount, 250), yearly(Unit::Count, 9)])
    };
    let world = World::of(vec![care]).with_deductible("DED", Period::PolicyYear, Scope::Member, 30);
    let world = world.with([line(1, "A", "1", 100)]);
    let account = world.accounts().into_iter().find(|it| it.unit == Unit::Amount && it.code == code("CARE"));
    let mut used_up = world.clone();
    used_up.standings.insert(account.unwrap(), Standing { used: 250, reserved: 0 });
    let only = used_up.only();
    assert_eq!((only.amounts.payer, only.amounts.deductible, only.amounts.over_category), (0, 30, 70));
    assert_eq!((only.determination, only.quantity, posted(&only)), (Determination::Rejected, None, vec![]));
    assert_eq!(used_up.adjudicate().determination, Determination::Rejected);
    // Once it is freed, the same is paid.
    assert_eq!((world.only().amounts.payer, world.only().determination), (70, Determination::Approved));
}

#[test]
fn what_the_payer_pays_nothing_of_is_rejected_or_left_to_the_patient() {
    let deducting = Benefit { deductible: Some(code("DED")), ..care() };
    let world = World::of(vec![deducting]).with_deductible("DED", Period::PolicyYear, Scope::Member, 500);
    let left = line(1, "A", "1", 100);
    let dear = Line { unit_price: 120, ..left.clone() };
    let refused = Line { tariff: None, ..line(2, "B", "1", 100) };
    let determination = |lines: Vec<Line>| world.clone().with(lines).adjudicate().determination;
    assert_eq!(determination(vec![left.clone()]), Determination::Approved);
    // Its part above the agreed price is the facility's loss, and the rest the patient's by the plan.
    assert_eq!(determination(vec![dear]), Determination::Approved);
    assert_eq!(determination(vec![refused.clone()]), Determination::Rejected);
    assert_eq!(determination(vec![left, refused]), Determination::Approved);
}

#[test]
fn the_tightest_limit_binds_each_in_its_own_period() {
    let limits = [
        limit(Period::Day, Scope::Member, Unit::Amount, 80),
        limit(Period::Month, Scope::Family, Unit::Amount, 150),
    ];
    let next = Line { date: day("2026-06-16"), ..line(2, "B", "1", 100) };
    let july = Line { date: day("2026-07-01"), ..line(3, "C", "1", 100) };
    let world = World::of(vec![limited(limits)]).with([line(1, "A", "1", 100), next, july]);
    assert_eq!(payers(&world), [80, 70, 80]);
}

#[test]
fn a_visits_lines_share_its_limit_whatever_days_they_have() {
    let world = World::of(vec![limited([limit(Period::Visit, Scope::Member, Unit::Amount, 150)])])
        .with([line(1, "A", "1", 100), Line { date: day("2026-06-17"), ..line(2, "B", "1", 100) }]);
    assert_eq!(payers(&world), [100, 50]);
    let [account] = <[_; 1]>::try_from(world.accounts()).unwrap();
    assert_eq!(account.window.days, Some((day("2026-06-15"), day("2026-06-15"))));
}

#[test]
fn benefits_share_a_ceiling_after_their_own_limits() {
    let under = |name: &str, most| Benefit {
        limits: vec![yearly(Unit::Amount, most)],
        ceilings: vec![code("ALL")],
        ..benefit(name, "OUTPATIENT")
    };
    let mut drug = line(2, "PILLS", "1", 100);
    drug.tariff.as_mut().unwrap().benefits = vec![code("DRUG")];
    let world = World::of(vec![under("CARE", 60), under("DRUG", 90)])
        .with_ceiling("ALL", yearly(Unit::Amount, 100))
        .with([line(1, "A", "1", 100), drug]);
    let lines = world.adjudicate().lines;
    let over = |it: &LineOutcome| (it.amounts.over_category, it.amounts.over_ceiling, it.amounts.payer);
    assert_eq!(lines.iter().map(over).collect::<Vec<_>>(), [(40, 0, 60), (10, 50, 40)]);
    assert_eq!(refusals(&lines[1]), ["BENX-003", "BENX-004"]);
    assert_eq!(posted(&lines[1]), [("DRUG", Unit::Amount, 40), ("ALL", Unit::Amount, 40)]);
}

#[test]
fn those_who_are_exempt_do_not_count_against_a_ceiling() {
    let exempt = Benefit { ceilings: vec![code("ALL")], ceiling_exempt: vec![AgeGroup::Child], ..care() };
    let mut world =
        World::of(vec![exempt]).with_ceiling("ALL", yearly(Unit::Amount, 30)).with([line(1, "A", "1", 100)]);
    assert_eq!((world.only().amounts.over_ceiling, world.accounts().len()), (70, 1));
    world.adult = false;
    assert_eq!((world.only().amounts.over_ceiling, world.accounts().len()), (0, 0));
}

#[test]
fn a_familys_ceiling_grows_with_the_family() {
    let growth = Some(Growth { above_members: 2, each: 20, cap: 65 });
    let ceiling = Limit { growth, ..limit(Period::PolicyYear, Scope::Family, Unit::Amount, 30) };
    let care = Benefit { ceilings: vec![code("ALL")], ..care() };
    let mut world = World::of(vec![care]).with_ceiling("ALL", ceiling).with([line(1, "A", "1", 100)]);
    let mut paid = |members| {
        world.family_size = members;
        world.only().amounts.payer
    };
    assert_eq!([paid(2), paid(3), paid(4), paid(9)], [30, 50, 65, 65]);
}

#[test]
fn a_count_cuts_the_quantity_to_what_is_left_of_it() {
    let counted = |asked: &str, used| {
        World::of(vec![limited([yearly(Unit::Count, 5)])])
            .with([line(1, "A", asked, 100)])
            .standing("CARE", used, 0)
            .only()
    };
    let part = counted("4", 3);
    assert_eq!((refusals(&part), part.quantity), (vec!["BENX-002"], Some(quantity("2"))));
    assert_eq!((part.amounts.not_covered, part.amounts.payer), (200, 200));
    assert_eq!(posted(&part), [("CARE", Unit::Count, 2)]);
    assert!(part.refusals[0].text().ends_with("Of 5, 2 are left."));
    let none = counted("4", 5);
    assert_eq!(
        (refusals(&none), none.determination, none.amounts.not_covered),
        (vec!["BENX-001"], Determination::Rejected, 400)
    );
    assert_eq!(none.postings, vec![]);
}

#[test]
fn what_was_begun_counts_as_one() {
    let counted = |asked: &str, used| {
        World::of(vec![limited([yearly(Unit::Count, 5)])])
            .with([line(1, "A", asked, 100)])
            .standing("CARE", used, 0)
            .only()
    };
    let fits = counted("2.5", 2);
    assert_eq!((fits.quantity, posted(&fits)), (Some(quantity("2.5")), vec![("CARE", Unit::Count, 3)]));
    let cut = counted("2.5", 3);
    assert_eq!((cut.quantity, posted(&cut)), (Some(quantity("2")), vec![("CARE", Unit::Count, 2)]));
}

#[test]
fn what_a_count_cuts_takes_no_part_in_deductible_or_limits() {
    let care = Benefit {
        deductible: Some(code("DED")),
        copayment: 500,
        ..limited([yearly(Unit::Count, 1), yearly(Unit::Amount, 90)])
    };
    let only = World::of(vec![care])
        .with_deductible("DED", Period::PolicyYear, Scope::Member, 150)
        .with([line(1, "A", "3", 100)])
        .only();
    assert_eq!((only.amounts.not_covered, only.amounts.deductible, only.amounts.copay), (200, 100, 0));
}

#[test]
fn money_and_counts_of_one_benefit_are_kept_apart() {
    let world = World::of(vec![limited([yearly(Unit::Amount, 150), yearly(Unit::Count, 3)])])
        .with([line(1, "A", "2", 100)]);
    let only = world.only();
    assert_eq!(posted(&only), [("CARE", Unit::Amount, 150), ("CARE", Unit::Count, 2)]);
    assert_eq!(world.accounts().len(), 2);
}

/// A scan that was approved, with what its reservation holds of `CARE`.
fn approved(held: i64, used: i64, reserved: i64) -> World {
    let care = Benefit { preauthorization: Preauthorization::Always, ..limited([yearly(Unit::Amount, 250)]) };
    let mut world = World::of(vec![care]).with([line(1, "SCAN", "1", 100)]);
    let account = world.accounts().remove(0);
    world.standings.insert(account.clone(), Standing { used, reserved });
    world.lines[0].approval = Some(Approval { held: vec![(account, held)], ..approval("1") });
    world
}

#[test]
fn a_claim_draws_on_what_was_reserved_for_it_and_on_nobody_elses() {
    // 250, of which 150 is used, 60 held for this line and 40 for others: 60 are left.
    let only = approved(60, 150, 100).only();
    assert_eq!((only.amounts.payer, only.postings[0].reservation), (60, Some(RESERVATION)));
    // Of 250, 90 used, 60 held for it, 40 for others: 60 and 60 are left.
    assert_eq!(approved(60, 90, 100).only().amounts.payer, 100);
}

#[test]
fn what_was_promised_is_paid_though_the_familys_limit_has_shrunk() {
    let only = approved(60, 240, 100).only();
    assert_eq!((only.amounts.payer, only.postings[0].most), (60, Some(340)));
}

#[test]
fn lines_draw_on_one_reservation_one_after_the_other() {
    let mut world = approved(60, 150, 100);
    let approval = world.lines[0].approval.clone().map(|it| Approval { quantity: Some(quantity("2")), ..it });
    world.lines = vec![
        Line { approval: approval.clone(), ..line(1, "SCAN", "1", 45) },
        Line { approval, date: day("2026-06-16"), ..line(2, "SCAN", "1", 45) },
    ];
    assert_eq!(payers(&world), [45, 15]);
}

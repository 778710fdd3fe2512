//! What other engines are known to get wrong, each by its name.

use super::{
    memory_ledger::MemoryLedger,
    world::{World, approval, care, code, day, line, quantity, refusals, yearly},
};
use crate::{
    adjudication::{
        input::{Approval, Line, Review, Tariff},
        outcome::Determination,
    },
    benefits::domain::ledger::Standing,
    plans::domain::{AgeGroup, Benefit, Preauthorization, Span, Unit, Waiting, tests::plan::benefit},
};

fn yearly_care(unit: Unit, most: i64) -> Benefit {
    Benefit { limits: vec![yearly(unit, most)], ..care() }
}

fn tariff(of: Line, change: impl FnOnce(Tariff) -> Tariff) -> Line {
    let tariff = of.tariff.clone().map(change);
    Line { tariff, ..of }
}

#[test]
fn decimals_lost_in_quantity_times_price() {
    let world = World::of(vec![care()]).with([line(1, "SYRUP", "0.333", 100), line(2, "PILLS", "2.5", 333)]);
    let outcome = world.adjudicate();
    // 33.3 and 832.5: neither is cut off, and each is rounded by itself.
    assert_eq!(outcome.lines.iter().map(|it| it.amounts.payer).collect::<Vec<_>>(), [33, 833]);
    assert_eq!(outcome.totals.submitted, 866);
}

#[test]
fn the_reviewers_price_overwritten() {
    let priced = |unit_price, agreed| {
        let decision = Some(Review::Adjust {
            quantity: None,
            unit_price: Some(unit_price),
            reason: "Half a scan.".to_owned(),
        });
        let line = tariff(line(1, "SCAN", "2", 400), |it| Tariff { price: agreed, ..it });
        World::of(vec![care()]).with([Line { decision, ..line }]).only()
    };
    // Below the agreed price, above it, and never above what was claimed.
    let below = priced(250, 300);
    assert_eq!(
        (below.amounts.payer, below.amounts.write_off, refusals(&below)),
        (500, 300, vec!["PRCE-003"])
    );
    assert!(below.refusals[0].text().ends_with("Allowed for one: RWF 250. Half a scan."));
    assert_eq!(priced(350, 300).amounts.payer, 700);
    assert_eq!(
        (priced(450, 300).amounts.payer, priced(450, 300).determination),
        (800, Determination::Approved)
    );
}

#[test]
fn archived_entries_counted_twice() {
    let mut world = World::of(vec![yearly_care(Unit::Amount, 150)]).with([line(1, "SCAN", "1", 100)]);
    let fresh = world.adjudicate();
    let mut ledger = MemoryLedger::open(&world);
    for _ in 0..3 {
        // Paid, recalled and adjudicated again: what was taken back is not there any more.
        fresh.postings().for_each(|posting| ledger.commit(posting));
        ledger.reverse(world.lines[0].cause);
        world.standings.clone_from(&ledger.standings);
        assert_eq!(world.adjudicate(), fresh);
    }
    // And adjudicating alone takes nothing.
    assert_eq!(world.adjudicate(), world.adjudicate());
}

#[test]
fn the_child_rule_never_reached() {
    let waiting = Waiting { adult: Span::default(), child: Span { months: 6, days: 0 } };
    let mut world = World::of(vec![Benefit { waiting, ..care() }]).with([line(1, "SCAN", "1", 100)]);
    world.member_since = day("2026-06-01");
    assert_eq!(refusals(&world.only()), [""; 0]);
    world.adult = false;
    assert_eq!(refusals(&world.only()), ["ELIG-003"]);

    let exempt = |group| Benefit { ceilings: vec![code("ALL")], ceiling_exempt: vec![group], ..care() };
    for (group, adult, paid) in [
        (AgeGroup::Child, false, 100),
        (AgeGroup::Child, true, 30),
        (AgeGroup::Adult, false, 30),
        (AgeGroup::Adult, true, 100),
    ] {
        let mut world = World::of(vec![exempt(group)])
            .with_ceiling("ALL", yearly(Unit::Amount, 30))
            .with([line(1, "SCAN", "1", 100)]);
        world.adult = adult;
        assert_eq!(world.only().amounts.payer, paid, "{group:?} exempt, adult: {adult}");
    }
}

#[test]
fn earlier_claims_ignored_by_category_limits() {
    let mut world = World::of(vec![yearly_care(Unit::Amount, 250)]).with([line(1, "SCAN", "1", 100)]);
    let mut paid = Vec::new();
    for month in ["2026-03", "2026-04", "2026-05", "2026-06"] {
        // A claim each month, each seeing what those before it took.
        let date = day(&format!("{month}-01"));
        world.lines[0].date = date;
        let outcome = world.adjudicate();
        let mut ledger = MemoryLedger::open(&world);
        outcome.postings().for_each(|posting| ledger.commit(posting));
        world.standings = ledger.standings;
        paid.push((outcome.totals.payer, outcome.totals.over_category));
    }
    assert_eq!(paid, [(100, 0), (100, 0), (50, 50), (0, 100)]);
}

#[test]
fn limits_bypassed_when_a_quantity_is_approved() {
    let left_two = |line: Line| {
        let care = Benefit { preauthorization: Preauthorization::Always, ..yearly_care(Unit::Count, 5) };
        World::of(vec![care]).with([line]).standing("CARE", 3, 0).only()
    };
    let adjust = Review::Adjust { quantity: Some(quantity("4")), unit_price: None, reason: String::new() };
    let plain = Line { approval: Some(approval("4")), ..line(1, "SCAN", "4", 100) };
    // By the payer's reviewer, by a pre-authorization that holds nothing, by both.
    let reviewed = Line { decision: Some(adjust), ..plain.clone() };
    for line in [plain, reviewed] {
        let only = left_two(line);
        assert_eq!((only.quantity, refusals(&only)), (Some(quantity("2")), vec!["BENX-002"]));
        assert_eq!((only.postings[0].amount, only.amounts.payer), (2, 200));
    }
    let money = World::of(vec![yearly_care(Unit::Amount, 150)]);
    let approved = Approval { amount: Some(400), ..approval("4") };
    let only = money.with([Line { approval: Some(approved), ..line(1, "SCAN", "4", 100) }]).only();
    assert_eq!((only.amounts.payer, only.amounts.over_category), (150, 250));
}

#[test]
fn care_with_an_approved_quantity_left_out_of_the_history() {
    let adjust = Review::Adjust { quantity: Some(quantity("1")), unit_price: None, reason: String::new() };
    let first = Line { decision: Some(adjust), ..line(1, "FRAME", "2", 40) };
    let second = Line { date: day("2026-06-20"), ..line(2, "LENS", "1", 50) };
    let world = World::of(vec![Benefit { frequency_days: Some(30), ..care() }]).with([first, second]);
    assert_eq!(refusals(&world.adjudicate().lines[1]), ["BENX-005"]);
}

#[test]
fn two_policies_overwriting_one_another() {
    // Two benefits in one claim: the claim's amounts are the sum, not the last one's.
    let under = |name: &str, most| Benefit {
        limits: vec![yearly(Unit::Amount, most)],
        ..benefit(name, "OUTPATIENT")
    };
    let pills = tariff(line(2, "PILLS", "1", 100), |it| Tariff { benefits: vec![code("DRUG")], ..it });
    let world =
        World::of(vec![under("CARE", 60), under("DRUG", 90)]).with([line(1, "SCAN", "1", 100), pills]);
    let outcome = world.adjudicate();
    assert_eq!((outcome.totals.payer, outcome.totals.over_category), (150, 50));
    for (line, own) in outcome.lines.iter().zip(["CARE", "DRUG"]) {
        // A line counts against its own benefit and no other.
        assert!(line.postings.iter().all(|posting| posting.account.code == code(own)));
    }
    // Two plans with accounts of the same names: what one adjudicated changes nothing for the other.
    let other = World::of(vec![under("CARE", 20)]).with([line(1, "SCAN", "1", 100)]);
    let before = other.adjudicate();
    world.adjudicate();
    assert_eq!((other.adjudicate(), before.totals.payer), (before, 20));
}

#[test]
fn one_kind_of_cares_ceiling_shown_for_anothers() {
    let under =
        |name: &str, ceiling: &str| Benefit { ceilings: vec![code(ceiling)], ..benefit(name, "OUTPATIENT") };
    let mut world = World::of(vec![under("CARE", "OUT"), under("STAY", "IN")])
        .with_ceiling("IN", yearly(Unit::Amount, 500))
        .with_ceiling("OUT", yearly(Unit::Amount, 80))
        .with([line(1, "SCAN", "1", 100)]);
    for account in world.accounts() {
        world.standings.insert(account, Standing { used: 10, reserved: 0 });
    }
    let only = world.only();
    let told = only.trace.last().unwrap().because.words(careway_kernel::Currency::Rwf);
    assert_eq!(told, "RWF 70 was left of OUT: RWF 80 a policy year of the member");
    assert_eq!(only.amounts.payer, 70);
}

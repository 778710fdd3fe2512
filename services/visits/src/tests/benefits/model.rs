//! The ledger against a model of it: whatever is posted in whatever order, the two agree.

use std::collections::HashMap;

use careway_service::Error;
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};
use uuid::Uuid;

use super::ledger::{LIMITS, Ledger, postings};
use crate::benefits::domain::posting::{Cause, Taking};

#[derive(Debug, Clone)]
enum Move {
    Reserve { line: u8, amounts: [i64; 3] },
    Commit { line: u8, amounts: [i64; 3], reservation: Option<u8> },
    Release(u8),
    Reverse(u8),
}

fn steps() -> impl Strategy<Value = Vec<Move>> {
    let amounts = || [0..8_i64, 0..3, 0..8];
    let line = || 0..3_u8;
    let step = prop_oneof![
        3 => (line(), amounts()).prop_map(|(line, amounts)| Move::Reserve { line, amounts }),
        4 => (line(), amounts(), proptest::option::of(line()))
            .prop_map(|(line, amounts, reservation)| Move::Commit { line, amounts, reservation }),
        1 => line().prop_map(Move::Release),
        2 => line().prop_map(Move::Reverse),
    ];
    vec(step, 1..14)
}

/// The ledger as one would say it in words, one account at a time.
#[derive(Debug, Clone, Default)]
struct Model {
    used: i64,
    reserved: i64,
    /// Reserved by a line, what is left of it, and whether it was released.
    held: HashMap<u8, (i64, i64, bool)>,
    /// Taken by a line: how much, from which reservation how much of it, and whether it was reversed.
    taken: HashMap<u8, (i64, Option<u8>, i64, bool)>,
}

impl Model {
    /// How many entries a step makes; none when it is refused.
    fn apply(&mut self, step: &Move, at: usize) -> Option<i32> {
        match step {
            Move::Reserve { amounts, .. } | Move::Commit { amounts, .. } if amounts[at] == 0 => Some(0),
            Move::Reserve { line, amounts } => {
                let amount = amounts[at];
                if let Some((before, _, _)) = self.held.get(line) {
                    return (*before == amount).then_some(0);
                }
                self.held.insert(*line, (amount, amount, false));
                self.reserved += amount;
                (self.used + self.reserved <= LIMITS[at]).then_some(1)
            }
            Move::Commit { line, amounts, reservation } => {
                let amount = amounts[at];
                if let Some((before, ..)) = self.taken.get(line) {
                    return (*before == amount).then_some(0);
                }
                let left = reservation.and_then(|it| self.held.get_mut(&it)).map(|(_, left, _)| left);
                let drawn = left.map_or(0, |left| {
                    let drawn = amount.min(*left);
                    *left -= drawn;
                    drawn
                });
                self.taken.insert(*line, (amount, *reservation, drawn, false));
                self.used += amount;
                self.reserved -= drawn;
                (self.used + self.reserved <= LIMITS[at]).then_some(1)
            }
            Move::Release(line) => {
                let Some((_, left, released @ false)) = self.held.get_mut(line) else { return Some(0) };
                *released = true;
                self.reserved -= std::mem::take(left);
                Some(1)
            }
            Move::Reverse(line) => {
                let Some((amount, reservation, drawn, reversed @ false)) = self.taken.get_mut(line) else {
                    return Some(0);
                };
                *reversed = true;
                self.used -= *amount;
                let held = reservation.and_then(|it| self.held.get_mut(&it));
                if let Some((_, left, false)) = held {
                    *left += *drawn;
                    self.reserved += *drawn;
                }
                Some(1)
            }
        }
    }
}

/// Lines of this case by their small number.
fn line_id(case: Uuid, kind: u8, line: u8) -> Uuid {
    let mut bytes = *case.as_bytes();
    bytes[14] = kind;
    bytes[15] = line;
    Uuid::from_bytes(bytes)
}

/// Whether the ledger itself refuses: a limit is passed, or a cause that took before takes another amount.
fn is_ledgers_own(refusal: &Error) -> bool {
    refusal.reason() == "LIMIT_EXCEEDED" || refusal.to_string().contains("benefit_entry_once")
}

#[test]
fn the_ledger_does_as_the_model() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let ledger = runtime.block_on(Ledger::open());
    let mut runner = TestRunner::new(ProptestConfig { cases: 64, ..ProptestConfig::default() });
    let outcome = runner.run(&steps(), |steps| {
        runtime.block_on(async {
            let covered = ledger.covered().await;
            let case = covered.coverage.uuid();
            let mut model = [Model::default(), Model::default(), Model::default()];
            for step in &steps {
                let preauthorization = |line| line_id(case, 1, line);
                let made = match step {
                    Move::Reserve { line, amounts } => {
                        let cause = Cause::PreauthorizationLine(preauthorization(*line));
                        let postings = postings(&covered, *amounts, cause, None);
                        ledger.post(&covered, Taking::Reserve, &postings).await
                    }
                    Move::Commit { line, amounts, reservation } => {
                        let cause = Cause::ClaimLine(line_id(case, 2, *line));
                        let postings = postings(&covered, *amounts, cause, reservation.map(preauthorization));
                        ledger.post(&covered, Taking::Commit, &postings).await
                    }
                    Move::Release(line) => {
                        ledger.undo(Cause::PreauthorizationLine(preauthorization(*line))).await
                    }
                    Move::Reverse(line) => ledger.undo(Cause::ClaimLine(line_id(case, 2, *line))).await,
                };
                if let Err(refusal) = &made {
                    prop_assert!(is_ledgers_own(refusal), "{}, after {:?}", refusal, step);
                }
                let mut next = model.clone();
                let expected: Option<Vec<i32>> =
                    next.iter_mut().enumerate().map(|(at, model)| model.apply(step, at)).collect();
                prop_assert_eq!(
                    made.as_ref().ok().copied(),
                    expected.map(|made| made.iter().sum()),
                    "{:?}",
                    step
                );
                if made.is_ok() {
                    model = next;
                }
                let standing: Vec<_> = model.iter().map(|it| (it.used, it.reserved)).collect();
                prop_assert_eq!(ledger.standing(&covered).await, standing, "after {:?}", step);
            }
            Ok(())
        })
    });
    outcome.unwrap();
    assert_eq!(runtime.block_on(ledger.differences()), 0);
}

//! The benefit ledger kept in memory: takes, draws, checks and gives back as the database does.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::world::World;
use crate::benefits::domain::{
    ledger::{Account, Standing},
    posting::{Cause, Posting},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MemoryLedger {
    pub(super) standings: BTreeMap<Account, Standing>,
    /// What each reservation holds.
    pub(super) held: BTreeMap<(Uuid, Account), i64>,
    /// What was taken and what of it was drawn from a reservation.
    taken: Vec<(Posting, i64)>,
}

impl MemoryLedger {
    /// As the world has it, with every account the case may touch.
    pub(super) fn open(world: &World) -> Self {
        let approvals = world.lines.iter().filter_map(|line| line.approval.as_ref());
        let held = approvals.flat_map(|it| {
            it.held.iter().map(|(account, amount)| ((it.reservation, account.clone()), *amount))
        });
        let mut standings = world.standings.clone();
        for account in world.accounts() {
            standings.entry(account).or_default();
        }
        Self { held: held.collect(), standings, taken: Vec::new() }
    }

    /// Takes; panics where the database would refuse.
    pub(super) fn commit(&mut self, posting: &Posting) {
        assert!(posting.amount > 0, "nothing is not posted: {posting:?}");
        let again = |(it, _): &(Posting, i64)| it.cause == posting.cause && it.account == posting.account;
        assert!(!self.taken.iter().any(again), "an account is posted to once for a cause: {posting:?}");
        let held = posting.reservation.and_then(|id| self.held.get_mut(&(id, posting.account.clone())));
        let drawn = held.map_or(0, |held| {
            let drawn = posting.amount.min(*held);
            *held -= drawn;
            drawn
        });
        let standing = self.standings.get_mut(&posting.account).expect("only what was locked is posted to");
        standing.used += posting.amount;
        standing.reserved -= drawn;
        assert!(standing.used >= 0 && standing.reserved >= 0, "below nothing: {posting:?}");
        let within = posting.most.is_none_or(|most| standing.used + standing.reserved <= most);
        assert!(within, "beyond the limit: {posting:?} makes {standing:?}");
        self.taken.push((posting.clone(), drawn));
    }

    /// Takes back what a cause took.
    pub(super) fn reverse(&mut self, cause: Cause) {
        let (back, kept) = self.taken.drain(..).partition(|(posting, _)| posting.cause == cause);
        self.taken = kept;
        for (posting, drawn) in back {
            let standing = self.standings.entry(posting.account.clone()).or_default();
            standing.used -= posting.amount;
            standing.reserved += drawn;
            if let Some(id) = posting.reservation.filter(|_| drawn > 0) {
                *self.held.entry((id, posting.account)).or_default() += drawn;
            }
        }
    }

    /// What the world's approvals hold now.
    pub(super) fn held_now(&self, reservation: Uuid) -> Vec<(Account, i64)> {
        let of = |((id, account), amount): (&(Uuid, Account), &i64)| {
            (*id == reservation && *amount > 0).then(|| (account.clone(), *amount))
        };
        self.held.iter().filter_map(of).collect()
    }
}

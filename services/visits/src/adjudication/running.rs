//! What stands on the accounts, and what approvals allow, while the lines of a case take from them one after another.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    accounts::Counter,
    input::{AdjudicationInput, Approval, PriorService},
    quantity::Quantity,
};
use crate::benefits::domain::{
    ledger::{Account, Standing},
    posting::Posting,
};

/// The case as the lines before have left it.
pub(super) struct Running<'a> {
    standings: BTreeMap<Account, Standing>,
    /// What each reservation still holds on an account.
    held: BTreeMap<(Uuid, Account), i64>,
    approvals: BTreeMap<Uuid, Allowance>,
    history: &'a [PriorService],
    /// The care of the lines before, by their numbers.
    lines: Vec<(u16, PriorService)>,
}

/// What an approval still allows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Allowance {
    /// In thousandths.
    pub(super) quantity: i64,
    pub(super) amount: Option<i64>,
}

impl<'a> Running<'a> {
    pub(super) fn open(case: &'a AdjudicationInput<'_>) -> Self {
        let approvals = || case.lines.iter().filter_map(|line| line.approval.as_ref());
        let held = approvals().flat_map(|it| {
            it.held.iter().map(|(account, amount)| ((it.reservation, account.clone()), *amount))
        });
        let allowance = |it: &Approval| Allowance {
            quantity: it.quantity.map_or(0, Quantity::thousandths),
            amount: it.amount,
        };
        Self {
            standings: case.standings.clone(),
            held: held.collect(),
            approvals: approvals().map(|it| (it.reservation, allowance(it))).collect(),
            history: case.history,
            lines: Vec::new(),
        }
    }

    /// What a line may still take: never below nothing, though a family's limit may have shrunk under what it has
    /// used; and always what its own reservation holds, which was promised.
    pub(super) fn left(&self, counter: &Counter, reservation: Option<Uuid>) -> i64 {
        let standing = self.standing(&counter.account);
        (counter.most - standing.used - standing.reserved).max(0) + self.held(&counter.account, reservation)
    }

    /// What the account may reach by an entry of this case: its limit, or what already stood on it above that.
    pub(super) fn reach(&self, counter: &Counter) -> i64 {
        let standing = self.standing(&counter.account);
        counter.most.max(standing.used + standing.reserved)
    }

    pub(super) fn allowance(&self, reservation: Uuid) -> Allowance {
        self.approvals.get(&reservation).copied().unwrap_or_default()
    }

    /// Earlier care, with the number of the line where it is this case's own.
    pub(super) fn earlier(&self) -> impl Iterator<Item = (Option<u16>, &PriorService)> {
        let before = self.history.iter().map(|care| (None, care));
        before.chain(self.lines.iter().map(|(number, care)| (Some(*number), care)))
    }

    /// Takes as the ledger does: from the reservation first.
    pub(super) fn take(&mut self, posting: &Posting) {
        let reservation = posting.reservation.map(|id| (id, posting.account.clone()));
        let held = reservation.and_then(|key| self.held.get_mut(&key));
        let drawn = held.map_or(0, |held| {
            let drawn = posting.amount.min(*held);
            *held -= drawn;
            drawn
        });
        let standing = self.standings.entry(posting.account.clone()).or_default();
        standing.used += posting.amount;
        standing.reserved -= drawn;
    }

    /// Notes a line that was accepted, and what it used of its approval.
    pub(super) fn accept(
        &mut self,
        (number, care): (u16, PriorService),
        approval: Option<&Approval>,
        quantity: Quantity,
        allowed: i64,
    ) {
        self.lines.push((number, care));
        let Some(allowance) = approval.and_then(|it| self.approvals.get_mut(&it.reservation)) else { return };
        allowance.quantity -= quantity.thousandths();
        allowance.amount = allowance.amount.map(|amount| amount - allowed);
    }

    fn standing(&self, account: &Account) -> Standing {
        self.standings.get(account).copied().unwrap_or_default()
    }

    fn held(&self, account: &Account, reservation: Option<Uuid>) -> i64 {
        let held = reservation.and_then(|id| self.held.get(&(id, account.clone())));
        held.copied().unwrap_or(0)
    }
}

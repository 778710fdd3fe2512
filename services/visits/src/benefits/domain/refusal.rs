//! Why the ledger says no.

/// The ledger's last word: more would be taken than a benefit has. Whoever decided on the balances that care was locked
/// with never hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The benefit has not that much left.")]
pub(crate) struct LimitExceeded;

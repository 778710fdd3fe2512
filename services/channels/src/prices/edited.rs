//! What an edit makes of prices.

use careway_kernel::Money;

use super::{domain::PriceRefusal, store::Current};

/// What an edit makes of a row.
pub(super) struct Edited {
    pub(super) current: Current,
    pub(super) after: Result<Option<Money>, PriceRefusal>,
}

/// The rows that cannot be edited so, as `service:CODE`.
pub(super) struct RefusedRows(pub(super) String);

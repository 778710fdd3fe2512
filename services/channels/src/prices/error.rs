//! The refusal of an edit of prices: each row that cannot be is told.

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use super::edited::RefusedRows;

impl From<RefusedRows> for Error {
    fn from(refused: RefusedRows) -> Self {
        Self::new(Reason::PricesRefused, "Some prices cannot be edited so; none was changed.")
            .with("refused", refused.0)
    }
}

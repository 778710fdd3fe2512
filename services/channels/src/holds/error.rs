//! The refusals of holds, each with its reason in the contract.

use std::time::Duration;

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use super::domain::HoldRefusal;

/// Holds come and go: it is worth trying again.
const WAIT: Duration = Duration::from_secs(60);

impl From<HoldRefusal> for Error {
    fn from(refusal: HoldRefusal) -> Self {
        let words = refusal.to_string();
        match refusal {
            HoldRefusal::Expired => Self::new(Reason::HoldExpired, words),
            HoldRefusal::Released => Self::new(Reason::HoldReleased, words),
            HoldRefusal::Used => Self::new(Reason::HoldUsed, words),
            HoldRefusal::TooMany => Self::new(Reason::HoldLimitReached, words).retry_after(WAIT),
        }
    }
}

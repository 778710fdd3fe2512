//! The refusals of connections, each with its reason in the contract.

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use super::domain::refusal::ConnectionRefusal;

impl From<ConnectionRefusal> for Error {
    fn from(refusal: ConnectionRefusal) -> Self {
        let words = refusal.to_string();
        match refusal {
            ConnectionRefusal::NotReady(missing) => {
                let missing: Vec<_> = missing.iter().map(ToString::to_string).collect();
                Self::new(Reason::NotReady, words).with("missing", missing.join(" "))
            }
            ConnectionRefusal::WrongState(state) => {
                Self::new(Reason::ConnectionWrongState, words).with("state", state.as_str())
            }
            ConnectionRefusal::Ended => Self::new(Reason::ConnectionEnded, words),
            ConnectionRefusal::ConsentNotCurrent => Self::new(Reason::ConsentNotCurrent, words),
            ConnectionRefusal::LastService => Self::new(Reason::LastService, words),
            ConnectionRefusal::NoticeSuperseded => Self::new(Reason::NoticeSuperseded, words),
            ConnectionRefusal::NoticeWithdrawn => Self::new(Reason::NoticeWithdrawn, words),
            ConnectionRefusal::PriceChangeTold => Self::new(Reason::PriceChangeTold, words),
            ConnectionRefusal::Exists => Self::new(Reason::ConnectionExists, words),
        }
    }
}

//! The refusals of contracts, each with its reason in the contract of the services.

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::ContractRefusal;

impl From<ContractRefusal> for Error {
    fn from(refusal: ContractRefusal) -> Self {
        let reason = match refusal {
            ContractRefusal::OutsidePeriod => Reason::OutsidePeriod,
            ContractRefusal::Overlaps => Reason::ContractOverlaps,
        };
        Self::new(reason, refusal.to_string())
    }
}

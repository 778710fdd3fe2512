//! The refusals of contracts, each with its reason in the contract of the services.

use careway_contract::channels::v1::Reason;
use careway_service::Error;

use super::domain::ContractRefusal;

impl From<ContractRefusal> for Error {
    fn from(refusal: ContractRefusal) -> Self {
        let reason = match refusal {
            ContractRefusal::Overlaps => Reason::ChannelContractOverlaps,
            ContractRefusal::Confirmed => Reason::ContractConfirmed,
            ContractRefusal::Own => Reason::OwnContract,
        };
        Self::new(reason, refusal.to_string())
    }
}

//! The refusals of agencies, each with its reason in the contract.

use careway_contract::renewals::v1::Reason;
use careway_service::Error;

use super::domain::{AgencyRefusal, SeveralAuthorities};

impl From<AgencyRefusal> for Error {
    fn from(refusal: AgencyRefusal) -> Self {
        let reason = match refusal {
            AgencyRefusal::Unknown | AgencyRefusal::SuccessorUnknown => Reason::AgencyUnknown,
            AgencyRefusal::Appointed | AgencyRefusal::CodeTaken => Reason::AgencyAppointed,
            AgencyRefusal::HandedOver => Reason::AgencyHandedOver,
        };
        Self::new(reason, refusal.to_string())
    }
}

impl From<SeveralAuthorities> for Error {
    fn from(refusal: SeveralAuthorities) -> Self {
        Self::violation("authorityId", refusal.to_string())
    }
}

//! The refusals of plans, and why a member is not entitled, each with its reason in the contract.

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::{reason::Reason as NotEntitled, refusal::PlanRefusal};

impl From<PlanRefusal> for Error {
    fn from(refusal: PlanRefusal) -> Self {
        let reason = match refusal {
            PlanRefusal::Unknown => Reason::PlanUnknown,
            PlanRefusal::CodeTaken => Reason::PlanCodeTaken,
        };
        Self::new(reason, refusal.to_string())
    }
}

impl From<NotEntitled> for Reason {
    fn from(reason: NotEntitled) -> Self {
        match reason {
            NotEntitled::UnknownCard => Reason::UnknownCard,
            NotEntitled::Lapsed => Reason::Lapsed,
            NotEntitled::Suspended => Reason::Suspended,
            NotEntitled::Replaced => Reason::Replaced,
            NotEntitled::Terminated => Reason::Terminated,
            NotEntitled::NotYetStarted => Reason::NotYetStarted,
            NotEntitled::FacilityNotContracted => Reason::FacilityNotContracted,
            NotEntitled::ServiceNotCovered => Reason::ServiceNotCovered,
            NotEntitled::ServiceNotContracted => Reason::ServiceNotContracted,
            NotEntitled::WaitingPeriod { .. } => Reason::WaitingPeriod,
        }
    }
}

//! The refusals of cases, each with its reason in the contract.

use careway_contract::cases::v1::Reason;
use careway_service::Error;

use super::domain::refusal::CaseRefusal;

impl From<CaseRefusal> for Error {
    fn from(refusal: CaseRefusal) -> Self {
        let message = refusal.to_string();
        let reason = match refusal {
            CaseRefusal::Closed { follow_up: Some(open), .. } => {
                return Self::new(Reason::CaseClosed, message)
                    .with("followUpId", open.id)
                    .with("followUpNumber", open.number);
            }
            CaseRefusal::Closed { case, follow_up: None } => {
                return Self::new(Reason::CaseClosed, message)
                    .with("followUpAt", format!("/v1/cases/{case}/follow-ups"));
            }
            CaseRefusal::FollowUpOpen(open) => {
                return Self::new(Reason::FollowUpOpen, message)
                    .with("followUpId", open.id)
                    .with("followUpNumber", open.number);
            }
            CaseRefusal::NotClosed => Reason::CaseNotClosed,
            CaseRefusal::Solved => Reason::CaseSolved,
            CaseRefusal::Waits => Reason::CaseWaits,
            CaseRefusal::NotSolved => Reason::CaseNotSolved,
            CaseRefusal::SupportOnly => Reason::SupportOnly,
            CaseRefusal::AssigneeNotAgent => Reason::AssigneeNotAgent,
            CaseRefusal::ParticipantNotMember => Reason::ParticipantNotMember,
            CaseRefusal::TooManyParticipants => Reason::TooManyParticipants,
        };
        Self::new(reason, message)
    }
}

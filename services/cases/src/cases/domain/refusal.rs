//! Why something is not done in a case.

use careway_kernel::CaseId;

use super::CaseLink;

/// It is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CaseRefusal {
    #[error("The case is closed; follow it up by a new one.")]
    Closed {
        case: CaseId,
        /// Its follow-up that is not closed.
        follow_up: Option<CaseLink>,
    },
    #[error("The case is not closed; say it in the case itself.")]
    NotClosed,
    #[error("The case has an open follow-up.")]
    FollowUpOpen(CaseLink),
    #[error("The case is solved.")]
    Solved,
    #[error("The case waits for the partner already.")]
    Waits,
    #[error("Support closes a case once it is solved.")]
    NotSolved,
    #[error("Only support may do this.")]
    SupportOnly,
    #[error("This person cannot be given a case.")]
    AssigneeNotAgent,
    #[error("This person is not one of the case's organization who may read cases.")]
    ParticipantNotMember,
    #[error("A case has 48 participants and watchers at most.")]
    TooManyParticipants,
}

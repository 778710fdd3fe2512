//! Why visits say no.

use careway_kernel::VisitId;
use chrono::{DateTime, Utc};

use super::State;
use crate::{coverages::domain::choice::AskedPayer, plans::domain::reason::Reason};

/// A rule of the visits' domain said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("The visit is {}; this needs {needs}.", .is.as_str())]
    WrongState { is: State, needs: &'static str },
    #[error("Several payers cover the patient on this day; say which one it is to be.")]
    SeveralPayers(Vec<AskedPayer>),
    #[error("The visit ended: it was not verified, or not admitted, in time.")]
    Expired,
    #[error("The code was resent as often as a visit allows.")]
    ResendsExhausted,
    #[error("The code may be resent a little later.")]
    ResendTooSoon { wait: chrono::Duration },
    #[error("The member is not entitled to this service here on this day.")]
    NotEntitled(Reason),
    /// With the visit that is in the way, where it was looked for.
    #[error("The member has an open visit of this type here on this day.")]
    AlreadyOpen { visit: Option<VisitId> },
    #[error("The visit changed meanwhile; try again.")]
    Changed,
    #[error("This visit needs no admission notice.")]
    NoticeNotRequired,
    #[error("The payer was told already.")]
    NoticeAlreadyGiven,
    #[error("A visit with claims cannot be cancelled; recall its claims first.")]
    HasClaims,
    #[error("The patient's presence is not confirmed.")]
    NotVerified,
    #[error("The visit is over; nothing of its patient is shown any more.")]
    Over,
    #[error(
        "The member says that the visit was not theirs; until that is dismissed, nothing of them is shown."
    )]
    Disputed,
    #[error("The visit is not disputed.")]
    NotDisputed,
    #[error("An override was asked for already; it awaits a second person.")]
    OverrideAlreadyRequested,
    #[error("Nobody asked for an override of this visit.")]
    OverrideNotRequested,
    #[error("Another person must approve.")]
    SecondPersonRequired,
    #[error("No member is known by what was entered at the desk.")]
    MemberUnknown,
    #[error("The facility asked for as many overrides today as it may.")]
    OverrideCapReached,
    #[error("The override was not approved.")]
    OverrideNotApproved,
    #[error("The override was reviewed already.")]
    OverrideAlreadyReviewed,
}

/// How long until `at`.
pub(crate) fn wait_until(at: DateTime<Utc>, now: DateTime<Utc>) -> Refusal {
    Refusal::ResendTooSoon { wait: at - now }
}

//! Why visits refuses: every refusal of the rules, with its code and reason.

use careway_kernel::VisitId;
use careway_service::{Error, Kind};
use chrono::{DateTime, Utc};

use super::domain::State;
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
    #[error("The member has an open visit of this type here on this day.")]
    AlreadyOpen { visit: VisitId },
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

impl Refusal {
    const fn reason(&self) -> &'static str {
        match self {
            Self::WrongState { .. } => "WRONG_STATE",
            Self::SeveralPayers(_) => "SEVERAL_PAYERS",
            Self::Expired => "VISIT_EXPIRED",
            Self::ResendsExhausted => "RESENDS_EXHAUSTED",
            Self::ResendTooSoon { .. } => "RESEND_TOO_SOON",
            Self::NotEntitled(reason) => reason.code(),
            Self::AlreadyOpen { .. } => "VISIT_ALREADY_OPEN",
            Self::NoticeNotRequired => "NOTICE_NOT_REQUIRED",
            Self::NoticeAlreadyGiven => "NOTICE_ALREADY_GIVEN",
            Self::HasClaims => "VISIT_HAS_CLAIMS",
            Self::NotVerified => "VISIT_NOT_VERIFIED",
            Self::Over => "VISIT_OVER",
            Self::Disputed => "VISIT_DISPUTED",
            Self::NotDisputed => "NOT_DISPUTED",
            Self::OverrideAlreadyRequested => "OVERRIDE_ALREADY_REQUESTED",
            Self::OverrideNotRequested => "OVERRIDE_NOT_REQUESTED",
            Self::SecondPersonRequired => "SECOND_PERSON_REQUIRED",
            Self::MemberUnknown => "MEMBER_UNKNOWN",
            Self::OverrideCapReached => "OVERRIDE_CAP_REACHED",
            Self::OverrideNotApproved => "OVERRIDE_NOT_APPROVED",
            Self::OverrideAlreadyReviewed => "OVERRIDE_ALREADY_REVIEWED",
        }
    }

    const fn kind(&self) -> Kind {
        match self {
            Self::ResendTooSoon { .. } => Kind::Throttled,
            Self::AlreadyOpen { .. } => Kind::Conflict,
            Self::SecondPersonRequired => Kind::Forbidden,
            _ => Kind::Refused,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let error = Self::new(refusal.kind(), refusal.reason(), refusal.to_string());
        match refusal {
            Refusal::WrongState { is, needs } => error.with("state", is.as_str()).with("needs", needs),
            Refusal::SeveralPayers(payers) => {
                let ids: Vec<_> = payers.iter().map(|it| it.payer.to_string()).collect();
                let names: Vec<_> = payers.into_iter().map(|it| it.name).collect();
                error.with("payerIds", ids.join(", ")).with("payers", names.join(", "))
            }
            Refusal::AlreadyOpen { visit } => error.with("visitId", visit),
            Refusal::ResendTooSoon { wait } => error.retry_after(wait.to_std().unwrap_or_default()),
            Refusal::NotEntitled(reason) => match reason.until() {
                Some(until) => error.with("until", until),
                None => error,
            },
            _ => error,
        }
    }
}

/// How long until `at`.
pub(crate) fn wait_until(at: DateTime<Utc>, now: DateTime<Utc>) -> Refusal {
    Refusal::ResendTooSoon { wait: at - now }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_what_is_in_the_way() {
        let error = Error::from(Refusal::WrongState { is: State::Cancelled, needs: "VERIFIED" });
        assert_eq!((error.kind(), error.reason()), (Kind::Refused, "WRONG_STATE"));
        assert_eq!(error.fact("state"), Some("CANCELLED"));
        assert_eq!(error.to_string(), "WRONG_STATE: The visit is CANCELLED; this needs VERIFIED.");
    }

    #[test]
    fn a_waiting_period_says_until_when() {
        let until = "2026-05-01".parse().unwrap();
        let error = Error::from(Refusal::NotEntitled(Reason::WaitingPeriod { until }));
        assert_eq!((error.reason(), error.fact("until")), ("WAITING_PERIOD", Some("2026-05-01")));
    }
}

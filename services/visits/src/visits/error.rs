//! The refusals of visits, each with its reason in the contract.

use careway_contract::{identity, visits::v1::Reason};
use careway_service::Error;

use super::domain::refusal::Refusal;

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let reason = match refusal {
            Refusal::WrongState { .. } => Reason::WrongState,
            Refusal::SeveralPayers(_) => Reason::SeveralPayers,
            Refusal::Expired => Reason::VisitExpired,
            Refusal::ResendsExhausted => Reason::ResendsExhausted,
            Refusal::NotEntitled(reason) => reason.into(),
            Refusal::AlreadyOpen { .. } => Reason::VisitAlreadyOpen,
            Refusal::Changed => Reason::VisitChanged,
            Refusal::NoticeNotRequired => Reason::NoticeNotRequired,
            Refusal::NoticeAlreadyGiven => Reason::NoticeAlreadyGiven,
            Refusal::HasClaims => Reason::VisitHasClaims,
            Refusal::NotVerified => Reason::VisitNotVerified,
            Refusal::Over => Reason::VisitOver,
            Refusal::Disputed => Reason::VisitDisputed,
            Refusal::NotDisputed => Reason::NotDisputed,
            Refusal::OverrideAlreadyRequested => Reason::OverrideAlreadyRequested,
            Refusal::OverrideNotRequested => Reason::OverrideNotRequested,
            Refusal::SecondPersonRequired => Reason::SecondPersonRequired,
            Refusal::MemberUnknown => Reason::MemberUnknown,
            Refusal::OverrideCapReached => Reason::OverrideCapReached,
            Refusal::OverrideNotApproved => Reason::OverrideNotApproved,
            Refusal::OverrideAlreadyReviewed => Reason::OverrideAlreadyReviewed,
            // The codes are identity's, and so is the reason.
            Refusal::ResendTooSoon { wait } => {
                return Self::new(identity::v1::Reason::ResendTooSoon, refusal.to_string())
                    .retry_after(wait.to_std().unwrap_or_default());
            }
        };
        let error = Self::new(reason, refusal.to_string());
        match refusal {
            Refusal::WrongState { is, needs } => error.with("state", is.as_str()).with("needs", needs),
            Refusal::SeveralPayers(payers) => {
                let ids: Vec<_> = payers.iter().map(|it| it.payer.to_string()).collect();
                let names: Vec<_> = payers.into_iter().map(|it| it.name).collect();
                error.with("payerIds", ids.join(", ")).with("payers", names.join(", "))
            }
            Refusal::AlreadyOpen { visit: Some(visit) } => error.with("visitId", visit),
            Refusal::NotEntitled(reason) => match reason.until() {
                Some(until) => error.with("until", until),
                None => error,
            },
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use careway_service::Kind;

    use super::*;
    use crate::{plans::domain::reason::Reason as NotEntitled, visits::domain::State};

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
        let error = Error::from(Refusal::NotEntitled(NotEntitled::WaitingPeriod { until }));
        assert_eq!((error.reason(), error.fact("until")), ("WAITING_PERIOD", Some("2026-05-01")));
    }
}

//! The refusals of pre-authorizations, each with its reason in the contract.

use careway_contract::visits::v1::Reason;
use careway_service::Error;

use super::domain::transitions::PreauthorizationRefusal;

impl From<PreauthorizationRefusal> for Error {
    fn from(refusal: PreauthorizationRefusal) -> Self {
        let refused = |reason| Self::new(reason, refusal.to_string());
        match refusal {
            PreauthorizationRefusal::WrongState { is, needs } => {
                refused(Reason::WrongState).with("state", is.as_str()).with("needs", needs)
            }
            PreauthorizationRefusal::LineClosed { sequence } => {
                refused(Reason::LineClosed).with("sequence", sequence)
            }
            PreauthorizationRefusal::LineInUse { sequence } => {
                refused(Reason::LineInUse).with("sequence", sequence)
            }
            PreauthorizationRefusal::VisitDisputed => refused(Reason::VisitDisputed),
            PreauthorizationRefusal::VisitOver => refused(Reason::VisitOver),
            PreauthorizationRefusal::LineUndecided { sequence } => {
                Self::violation("lines", format!("must decide line {sequence}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use careway_service::Kind;

    use super::*;
    use crate::preauthorizations::domain::State;

    #[test]
    fn a_refusal_names_what_is_in_the_way() {
        let wrong = PreauthorizationRefusal::WrongState { is: State::Rejected, needs: "PENDED" };
        let error = Error::from(wrong);
        assert_eq!((error.kind(), error.reason()), (Kind::Refused, "WRONG_STATE"));
        assert_eq!(error.fact("state"), Some("REJECTED"));
        let used = Error::from(PreauthorizationRefusal::LineInUse { sequence: 3 });
        assert_eq!((used.reason(), used.fact("sequence")), ("LINE_IN_USE", Some("3")));
        let undecided = Error::from(PreauthorizationRefusal::LineUndecided { sequence: 2 });
        assert_eq!(undecided.kind(), Kind::Invalid);
    }
}

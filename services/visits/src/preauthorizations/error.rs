//! Why something may not happen to a pre-authorization: every such refusal, with its code and reason.

use careway_service::{Error, Kind};

use super::domain::transitions::PreauthorizationRefusal;

impl From<PreauthorizationRefusal> for Error {
    fn from(refusal: PreauthorizationRefusal) -> Self {
        let refused = |reason| Self::new(Kind::Refused, reason, refusal.to_string());
        match refusal {
            PreauthorizationRefusal::WrongState { is, needs } => {
                refused("WRONG_STATE").with("state", is.as_str()).with("needs", needs)
            }
            PreauthorizationRefusal::LineClosed { sequence } => {
                refused("LINE_CLOSED").with("sequence", sequence)
            }
            PreauthorizationRefusal::LineInUse { sequence } => {
                refused("LINE_IN_USE").with("sequence", sequence)
            }
            PreauthorizationRefusal::VisitDisputed => refused("VISIT_DISPUTED"),
            PreauthorizationRefusal::VisitOver => refused("VISIT_OVER"),
            PreauthorizationRefusal::LineUndecided { sequence } => {
                Self::violation("lines", format!("must decide line {sequence}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
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

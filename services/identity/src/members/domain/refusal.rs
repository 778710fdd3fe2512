//! Why members and codes say no: each refusal with its code and its stable reason.

use careway_service::{Error, Kind};

use super::NotEligible;

/// A refusal of the members' half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MemberRefusal {
    #[error("Another member has this member number.")]
    NumberTaken,
    #[error("Another member has this national id.")]
    NationalIdTaken,
    #[error(transparent)]
    Principal(#[from] NotEligible),
    #[error("The member's codes are not locked.")]
    NotLocked,
    #[error("The list has no column {0}.")]
    ColumnMissing(&'static str),
    /// Wrong, expired, used, of another challenge, or locked: all the same to whoever says it.
    #[error("The code is not right. Ask the patient to say it again, or send another.")]
    CodeRejected {
        /// What the code still allows.
        attempts_left: i64,
    },
}

impl From<MemberRefusal> for Error {
    fn from(refusal: MemberRefusal) -> Self {
        let (kind, reason) = match refusal {
            MemberRefusal::NumberTaken => (Kind::Conflict, "MEMBER_NUMBER_TAKEN"),
            MemberRefusal::NationalIdTaken => (Kind::Conflict, "NATIONAL_ID_TAKEN"),
            MemberRefusal::Principal(_) => (Kind::Refused, "PRINCIPAL_NOT_ELIGIBLE"),
            MemberRefusal::NotLocked => (Kind::Refused, "NOT_LOCKED"),
            MemberRefusal::ColumnMissing(_) => (Kind::Invalid, "COLUMN_MISSING"),
            MemberRefusal::CodeRejected { .. } => (Kind::Unauthenticated, "CODE_REJECTED"),
        };
        let error = Error::new(kind, reason, refusal.to_string());
        match refusal {
            MemberRefusal::CodeRejected { attempts_left } => error.with("attemptsLeft", attempts_left),
            MemberRefusal::ColumnMissing(column) => error.with("column", column),
            _ => error,
        }
    }
}

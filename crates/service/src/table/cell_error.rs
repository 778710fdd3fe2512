//! What is wrong or unusual with a cell, each with its stable reason and a sentence for a person.

use careway_kernel::{NationalIdWarning, PhoneChange, UnreadablePhone};

/// The cell does not hold what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CellError {
    /// A number of more than 15 digits, or one with an exponent or a fraction where digits should be.
    #[error("has lost digits: format the column as text and type it again")]
    DigitsLost,
    /// Its number format shows something else than the number.
    #[error("is shown otherwise than it is kept: format the column as text and type it again")]
    ShownOtherwise,
    /// The sheet has an error there, like `#N/A`.
    #[error("holds the error {0}")]
    Error(&'static str),
    /// A control character.
    #[error("has the character U+{:04X}, which no text has", u32::from(*.0))]
    Invisible(char),
    /// Not a date.
    #[error("must be a date such as 1990-04-12")]
    Date,
    /// Not an identifier's digits.
    #[error("must be the digits of the identifier, as it is printed")]
    Code,
    /// A number that can be one identifier or another, depending on the zeros it lost.
    #[error(
        "has lost its leading zeros, and more than one number is possible: format the column as text and type it again"
    )]
    Ambiguous,
    /// Not one phone number.
    #[error(transparent)]
    Phone(#[from] UnreadablePhone),
}

impl CellError {
    /// The stable reason, for programs.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::DigitsLost => "DIGITS_LOST",
            Self::ShownOtherwise => "SHOWN_OTHERWISE",
            Self::Error(_) => "ERROR_VALUE",
            Self::Invisible(_) => "INVISIBLE_CHARACTER",
            Self::Date => "NOT_A_DATE",
            Self::Code => "NOT_A_CODE",
            Self::Ambiguous => "AMBIGUOUS_IDENTIFIER",
            Self::Phone(UnreadablePhone::NotAPhone) => "NOT_A_PHONE",
            Self::Phone(UnreadablePhone::Several) => "SEVERAL_NUMBERS",
        }
    }
}

/// What is unusual about a cell that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CellWarning {
    /// The zero before a number was restored.
    #[error("was read with the zero that it has lost")]
    LeadingZeroRestored,
    /// A Vietnamese mobile number of before 2018.
    #[error("was a mobile number of before 2018, and is read as what it became")]
    Prefix2018,
    /// A Vietnamese landline of before 2017.
    #[error("was a landline of before 2017, and is read as what it became")]
    Area2017,
    /// A mobile number that may be a landline of before 2017.
    #[error("may be a landline of before 2017")]
    MayBeOldLandline,
    /// A national id that says something else of its person than the row.
    #[error("{0}")]
    NationalId(NationalIdWarning),
}

impl CellWarning {
    /// The stable reason, for programs.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::LeadingZeroRestored => "LEADING_ZERO_RESTORED",
            Self::Prefix2018 => "PREFIX_2018",
            Self::Area2017 => "AREA_2017",
            Self::MayBeOldLandline => "MAY_BE_OLD_LANDLINE",
            Self::NationalId(NationalIdWarning::BirthYear) => "OTHER_BIRTH_YEAR",
            Self::NationalId(NationalIdWarning::Sex) => "OTHER_SEX",
        }
    }
}

impl From<PhoneChange> for CellWarning {
    fn from(change: PhoneChange) -> Self {
        match change {
            PhoneChange::LeadingZeroRestored => Self::LeadingZeroRestored,
            PhoneChange::Prefix2018 => Self::Prefix2018,
            PhoneChange::Area2017 => Self::Area2017,
        }
    }
}

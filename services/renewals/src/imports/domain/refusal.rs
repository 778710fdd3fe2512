//! Why a list, or a row of one, is not taken.

use careway_kernel::ImportId;

/// Why a list is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ImportRefusal {
    #[error("Another list of this kind is being imported; wait for its end.")]
    Running(Option<ImportId>),
}

/// Why a row is not taken that is right by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RowRefusal {
    #[error("is listed before with other data")]
    DuplicateInFile,
    #[error("must not be before the first day")]
    PeriodReversed,
    #[error("overlaps what an agency renewed: send the card as it is now")]
    PeriodOverlaps,
    #[error("must be the code of an agency that you have appointed")]
    AgencyUnknown,
    #[error("must end in the person's BHXH number")]
    NumberDiffers,
    #[error("is in an encoding of before Unicode: type it again")]
    LegacyEncoding,
}

impl RowRefusal {
    /// The stable reason.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::DuplicateInFile => "DUPLICATE_IN_FILE",
            Self::PeriodReversed => "PERIOD_REVERSED",
            Self::PeriodOverlaps => "PERIOD_OVERLAPS",
            Self::AgencyUnknown => "AGENCY_UNKNOWN",
            Self::NumberDiffers => "NUMBER_DIFFERS",
            Self::LegacyEncoding => "LEGACY_ENCODING",
        }
    }

    /// The column it is said of.
    pub(crate) const fn column(self) -> &'static str {
        match self {
            Self::DuplicateInFile => "bhxh_number",
            Self::PeriodReversed => "card_to",
            Self::PeriodOverlaps => "card_from",
            Self::AgencyUnknown => "agency_code",
            Self::NumberDiffers => "card_code",
            Self::LegacyEncoding => "full_name",
        }
    }
}

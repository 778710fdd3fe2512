//! The reasons for which a line, or a part of it, is not paid: their names, what each is about, and who bears it.

use serde::{Deserialize, Serialize};

/// Every reason there is, in the catalogue's order. Programs read its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub(crate) enum Refusal {
    NotYetCovered,
    CoverNotInForce,
    WaitingPeriod,
    NoApproval,
    ApprovalNotValidThatDay,
    ApprovalOfAnotherFacility,
    ApprovalOfAnotherMember,
    ApprovalOfAnotherService,
    MoreThanApproved,
    DearerThanApproved,
    NotInPlan,
    ServiceExcluded,
    DiagnosisExcluded,
    ClaimedBefore,
    ClaimedTwice,
    NoAgreedPrice,
    AboveAgreedPrice,
    PriceReduced,
    MoreThanPriceList,
    NotNecessary,
    QuantityReduced,
    NotDocumented,
    SubmittedLate,
    OutsideVisit,
    AdmissionNotNotified,
    CorrectedLate,
    DiagnosisUnusable,
    DiagnosisDoesNotFit,
    PatientDoesNotFit,
    CountUsedUp,
    CountExceeded,
    LimitReached,
    CeilingReached,
    TooSoon,
}

/// What a reason is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalGroup {
    /// Whether the member was covered.
    Eligibility,
    /// Whether the payer was asked first.
    Authorization,
    /// What the plan leaves out.
    NotCovered,
    /// What was claimed already.
    Duplicate,
    /// What was agreed to be paid.
    Price,
    /// Whether the care was called for.
    MedicalNecessity,
    /// Whether it came in time.
    Timing,
    /// Whether it was coded rightly.
    Coding,
    /// How much and how often the plan pays.
    BenefitLimit,
}

/// Who pays what is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bearer {
    /// It is written off: the patient owes nothing for what the facility did or left undone.
    Facility,
    /// The plan does not pay it.
    Patient,
}

/// A row of the catalogue of reasons for which a line, or a part of it, is refused.
#[derive(Debug, Clone, Copy)]
pub struct ClaimRefusal {
    pub(super) refusal: Refusal,
    /// What it is about.
    pub group: RefusalGroup,
    /// What programs read, like `AUTH-001`; it never changes its meaning.
    pub code: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// For a person.
    pub text: &'static str,
    /// What is added where the facts in braces are known; empty where there are none.
    pub detail: &'static str,
    /// Who pays what is refused for it.
    pub borne_by: Bearer,
}

impl RefusalGroup {
    /// As the contract writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eligibility => "ELIGIBILITY",
            Self::Authorization => "AUTHORIZATION",
            Self::NotCovered => "NOT_COVERED",
            Self::Duplicate => "DUPLICATE",
            Self::Price => "PRICE",
            Self::MedicalNecessity => "MEDICAL_NECESSITY",
            Self::Timing => "TIMING",
            Self::Coding => "CODING",
            Self::BenefitLimit => "BENEFIT_LIMIT",
        }
    }

    /// What the codes of the group begin with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Eligibility => "ELIG",
            Self::Authorization => "AUTH",
            Self::NotCovered => "NCOV",
            Self::Duplicate => "DUPL",
            Self::Price => "PRCE",
            Self::MedicalNecessity => "MNEC",
            Self::Timing => "TIME",
            Self::Coding => "CODE",
            Self::BenefitLimit => "BENX",
        }
    }
}

impl Bearer {
    /// As the contract writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Facility => "FACILITY",
            Self::Patient => "PATIENT",
        }
    }
}

//! A claim: what is known of it in each of its states. What may happen to it stands in `claim_transitions`.

pub(crate) mod phrases;
pub(crate) mod refusal;
pub(crate) mod review_rules;
pub(crate) mod transitions;

use careway_kernel::{ClaimId, CoverageId, Currency, MemberId, OrganizationId, PaymentAdviceId, VisitId};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{adjudication::amounts::Amounts, plans::domain::service_type::ServiceType};

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    Draft,
    Submitted,
    InReview,
    Approved,
    PartiallyApproved,
    Rejected,
    InPayment,
    Paid,
    Recalled,
    Appealed,
    Upheld,
    Overturned,
    Corrected,
    Voided,
}

impl State {
    pub(crate) const ALL: [Self; 14] = [
        Self::Draft,
        Self::Submitted,
        Self::InReview,
        Self::Approved,
        Self::PartiallyApproved,
        Self::Rejected,
        Self::InPayment,
        Self::Paid,
        Self::Recalled,
        Self::Appealed,
        Self::Upheld,
        Self::Overturned,
        Self::Corrected,
        Self::Voided,
    ];

    /// The word of the database and of refusals.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Submitted => "SUBMITTED",
            Self::InReview => "IN_REVIEW",
            Self::Approved => "APPROVED",
            Self::PartiallyApproved => "PARTIALLY_APPROVED",
            Self::Rejected => "REJECTED",
            Self::InPayment => "IN_PAYMENT",
            Self::Paid => "PAID",
            Self::Recalled => "RECALLED",
            Self::Appealed => "APPEALED",
            Self::Upheld => "UPHELD",
            Self::Overturned => "OVERTURNED",
            Self::Corrected => "CORRECTED",
            Self::Voided => "VOIDED",
        }
    }

    /// Reads [`State::as_str`].
    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether the payer has decided, so that there is something to explain.
    pub(crate) const fn is_decided(self) -> bool {
        !matches!(self, Self::Draft | Self::Submitted | Self::InReview | Self::Recalled)
    }

    /// Whether what was paid of it is to be taken back.
    pub(crate) const fn is_reversed(self) -> bool {
        matches!(self, Self::Corrected | Self::Voided)
    }
}

/// What a facility claims for the care of one visit. Its lines are kept apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Claim {
    pub(crate) id: ClaimId,
    pub(crate) version: i64,
    pub(crate) number: String,
    pub(crate) state: State,
    pub(crate) visit: ClaimedVisit,
    pub(crate) currency: Currency,
    /// The facility's own reference; a resubmission keeps that of the first claim.
    pub(crate) external_reference: Option<String>,
    pub(crate) documents: Vec<Uuid>,
    pub(crate) created_at: DateTime<Utc>,
    /// The last day on which it may be submitted.
    pub(crate) submit_by: NaiveDate,
    pub(crate) submitted_at: Option<DateTime<Utc>>,
    /// Why a reviewer had to decide; empty when none had to.
    pub(crate) review_reasons: Vec<ReviewReason>,
    /// Once adjudicated.
    pub(crate) amounts: Option<Amounts>,
    pub(crate) decided_at: Option<DateTime<Utc>>,
    /// The last day on which the decision may be appealed.
    pub(crate) appeal_by: Option<NaiveDate>,
    pub(crate) recall: Option<Recall>,
    pub(crate) appeal: Option<Appeal>,
    /// When and why the facility corrected or voided it after it was paid.
    pub(crate) correction: Option<Correction>,
    pub(crate) chain: Chain,
    /// What payment advices name of it so far, in minor units.
    pub(crate) advised: i64,
    /// The latest payment advice that names it.
    pub(crate) advice: Option<PaymentAdviceId>,
    pub(crate) payment: Option<Payment>,
}

/// What a claim takes from its visit. The member's dispute is read with the claim, whenever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimedVisit {
    pub(crate) id: VisitId,
    pub(crate) number: String,
    pub(crate) facility: OrganizationId,
    pub(crate) payer: OrganizationId,
    pub(crate) member: MemberId,
    pub(crate) coverage: CoverageId,
    pub(crate) service_date: NaiveDate,
    pub(crate) service_type: ServiceType,
    /// Disputed and not dismissed.
    pub(crate) disputed: bool,
}

/// Why the rules leave the decision to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReviewReason {
    /// The payer's part is more than it lets the rules decide on.
    AboveAutomaticLimit,
    /// The patient's presence was vouched for without a code, and the payer has not accepted that.
    OverrideUnreviewed,
    /// An inpatient's payer was not told of the admission in time.
    AdmissionNotNotified,
}

impl ReviewReason {
    pub(crate) const ALL: [Self; 3] =
        [Self::AboveAutomaticLimit, Self::OverrideUnreviewed, Self::AdmissionNotNotified];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::AboveAutomaticLimit => "ABOVE_AUTOMATIC_LIMIT",
            Self::OverrideUnreviewed => "OVERRIDE_UNREVIEWED",
            Self::AdmissionNotNotified => "ADMISSION_NOT_NOTIFIED",
        }
    }
}

/// When and why the facility took a claim back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recall {
    pub(crate) at: DateTime<Utc>,
    pub(crate) reason: String,
}

/// When and why the facility corrected or voided a paid claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Correction {
    pub(crate) at: DateTime<Utc>,
    pub(crate) reason: String,
}

/// The paid claim that another takes the place of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Corrected {
    pub(crate) claim: ClaimId,
    /// What the member was told to pay of it, in minor units.
    pub(crate) patient: i64,
}

/// The facility's appeal, sealed, and the payer's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Appeal {
    pub(crate) at: DateTime<Utc>,
    pub(crate) sealed_reason: Vec<u8>,
    pub(crate) documents: Vec<Uuid>,
    pub(crate) answer: Option<AppealAnswer>,
}

/// The payer's answer, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppealAnswer {
    pub(crate) at: DateTime<Utc>,
    pub(crate) sealed_text: Vec<u8>,
}

/// A claim among those that took each other's place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Chain {
    /// How often the first claim was resubmitted, this one included; 0 of a first claim.
    pub(crate) resubmission: i32,
    /// The rejected claim that this one takes the place of.
    pub(crate) resubmits: Option<ClaimId>,
    /// The claim that took this one's place.
    pub(crate) resubmitted_as: Option<ClaimId>,
    /// The paid claim that this one takes the place of.
    pub(crate) corrects: Option<Corrected>,
    /// The claim that took this one's place after it was paid.
    pub(crate) corrected_as: Option<ClaimId>,
    /// That claim is decided, so that it is known what to pay instead. Read with the claim, whenever it is.
    pub(crate) correction_decided: bool,
}

/// What the payer says of its payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) reference: String,
    pub(crate) paid_on: NaiveDate,
}

/// What a claim is written with.
#[derive(Debug, Clone)]
pub(crate) struct ClaimDraft {
    pub(crate) id: ClaimId,
    pub(crate) number: String,
    pub(crate) visit: ClaimedVisit,
    pub(crate) currency: Currency,
    pub(crate) external_reference: Option<String>,
    pub(crate) documents: Vec<Uuid>,
    pub(crate) submit_by: NaiveDate,
}

impl Claim {
    /// What the payer pays of it.
    pub(crate) fn payer_part(&self) -> i64 {
        self.amounts.map_or(0, |amounts| amounts.payer)
    }

    /// What the payer pays of it and no payment advice names yet; below nothing what is to be taken back.
    pub(crate) fn due(&self) -> i64 {
        let pays = if self.state.is_reversed() { 0 } else { self.payer_part() };
        pays - self.advised
    }

    /// Whether the payer has paid all of it: an appeal that was upheld changes nothing of that.
    pub(crate) fn is_paid(&self) -> bool {
        let upheld = self.state == State::Upheld && self.payment.is_some() && self.due() == 0;
        self.state == State::Paid || upheld
    }

    /// Whether what is decided of it is that it takes a paid claim's place. The answer to an appeal is a decision as of any
    /// other claim.
    pub(crate) fn is_correction(&self) -> bool {
        self.chain.corrects.is_some() && self.appeal.is_none()
    }

    /// Whether it leaves the member another share than the paid claim did whose place it takes; any claim else does.
    pub(crate) fn changes_share(&self) -> bool {
        let now = self.amounts.map_or(0, |amounts| amounts.patient());
        self.chain.corrects.is_none_or(|former| former.patient != now)
    }

    /// Whether its lines count for duplicates, frequency and limits.
    pub(crate) const fn counts(&self) -> bool {
        !matches!(self.state, State::Draft | State::Rejected | State::Recalled) && !self.state.is_reversed()
    }
}

#[cfg(test)]
mod tests;

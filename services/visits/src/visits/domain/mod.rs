//! A visit: what is known of it in each of its states. What may happen to it stands in `visit_transitions`.

pub(crate) mod access;
pub(crate) mod overrides;
pub(crate) mod refusal;
pub(crate) mod transitions;

use careway_kernel::{FamilyId, MemberId, OrganizationId, VisitId};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

use crate::{coverages::domain::entitlement::Entitlement, plans::domain::service_type::ServiceType};

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    AwaitingCode,
    Verified,
    Admitted,
    Discharged,
    Cancelled,
    Expired,
}

impl State {
    pub(crate) const ALL: [Self; 6] = [
        Self::AwaitingCode,
        Self::Verified,
        Self::Admitted,
        Self::Discharged,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The word of the database and of refusals.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingCode => "AWAITING_CODE",
            Self::Verified => "VERIFIED",
            Self::Admitted => "ADMITTED",
            Self::Discharged => "DISCHARGED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
        }
    }

    /// Reads [`State::as_str`].
    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A visit of a patient to a facility.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Visit {
    pub(crate) id: VisitId,
    pub(crate) version: i64,
    pub(crate) facility: OrganizationId,
    pub(crate) state: State,
    pub(crate) service_date: NaiveDate,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) started_by: Uuid,
    /// An unverified or unadmitted visit ends then.
    pub(crate) expires_at: Option<DateTime<Utc>>,
    /// Of the identifier as typed; of the member number once the member is known.
    pub(crate) identifier_hash: Vec<u8>,
    /// While the code is awaited.
    pub(crate) challenge: Option<Challenge>,
    pub(crate) resends: i32,
    /// The payer that may approve a requested override, when it is certain.
    pub(crate) override_payer: Option<OrganizationId>,
    /// Since the verification.
    pub(crate) patient: Option<Patient>,
    /// Since the admission.
    pub(crate) admission: Option<Admission>,
    pub(crate) discharged_at: Option<DateTime<Utc>>,
    pub(crate) cancellation: Option<Cancellation>,
    pub(crate) dispute: Option<Dispute>,
    /// How many claims cite the visit.
    pub(crate) claims: i32,
}

/// The code that is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Challenge {
    pub(crate) id: String,
    /// What it is bound to, sealed.
    pub(crate) sealed: Vec<u8>,
    pub(crate) masked_destination: String,
    pub(crate) code_expires_at: DateTime<Utc>,
    pub(crate) resend_available_at: DateTime<Utc>,
}

/// Who is present, and to what they were entitled when that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patient {
    pub(crate) member: MemberId,
    pub(crate) family: FamilyId,
    pub(crate) payer: OrganizationId,
    pub(crate) birth_date: Option<NaiveDate>,
    /// What the facility sees of the member, sealed.
    pub(crate) sealed_member: Vec<u8>,
    pub(crate) entitlement: Entitlement,
    pub(crate) verified_at: DateTime<Utc>,
    pub(crate) verified_by: Uuid,
    /// Two persons vouched instead of a code.
    pub(crate) overridden: bool,
    /// A child that no payer knows yet, under the number of the member who is its mother.
    pub(crate) newborn: bool,
}

/// What the patient was admitted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Admission {
    pub(crate) service_type: ServiceType,
    pub(crate) number: String,
    pub(crate) practitioner: Option<String>,
    pub(crate) referral: Option<String>,
    pub(crate) at: DateTime<Utc>,
    /// Of an inpatient.
    pub(crate) notice: Option<AdmissionNotice>,
}

/// The payer must be told of an inpatient, and the facility warned before that is too late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdmissionNotice {
    pub(crate) due_at: DateTime<Utc>,
    pub(crate) warn_at: DateTime<Utc>,
    pub(crate) warned_at: Option<DateTime<Utc>>,
    pub(crate) given_at: Option<DateTime<Utc>>,
}

/// When and why a visit was cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cancellation {
    pub(crate) at: DateTime<Utc>,
    pub(crate) reason: String,
}

/// The member's "this was not me", and what the payer made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dispute {
    pub(crate) at: DateTime<Utc>,
    pub(crate) resolution: Option<Resolution>,
}

impl Dispute {
    /// It is not dismissed: claims are frozen, and the facility sees nothing of the member.
    pub(crate) fn stands(self) -> bool {
        self.resolution.is_none_or(|end| end.upheld)
    }
}

/// The end of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resolution {
    pub(crate) at: DateTime<Utc>,
    /// It was indeed not the member.
    pub(crate) upheld: bool,
}

/// How much time a payer gives for an admission notice, and when the facility is warned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoticeRule {
    pub(crate) within: Duration,
    pub(crate) warn_percent: u8,
}

/// What is asked for at an admission.
#[derive(Debug, Clone)]
pub(crate) struct AdmissionInput {
    pub(crate) service_type: ServiceType,
    pub(crate) number: String,
    pub(crate) practitioner: Option<String>,
    pub(crate) referral: Option<String>,
}

/// How a visit starts.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) id: VisitId,
    pub(crate) facility: OrganizationId,
    pub(crate) service_date: NaiveDate,
    pub(crate) by: Uuid,
    pub(crate) identifier_hash: Vec<u8>,
    pub(crate) challenge: Challenge,
}

impl Visit {
    /// Whether the service type exists, for the violation of a request that names another.
    pub(crate) fn knows(&self, service_type: &ServiceType) -> bool {
        self.patient.as_ref().is_none_or(|patient| {
            patient.entitlement.service_types.iter().any(|option| option.service_type == *service_type)
        })
    }

    /// Disputed and not dismissed: claims are frozen.
    pub(crate) fn is_disputed(&self) -> bool {
        self.dispute.is_some_and(Dispute::stands)
    }

    /// Its time is over, whether or not the timer came.
    pub(crate) fn is_over(&self, now: DateTime<Utc>) -> bool {
        is_over(self.expires_at, now)
    }
}

fn is_over(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    expires_at.is_some_and(|at| at <= now)
}

#[cfg(test)]
pub(crate) mod tests;

//! Who may see a visit's member: the one rule, and whether it opens what other facilities recorded.

use careway_kernel::OrganizationId;
use chrono::{DateTime, Duration, Utc};

use super::{Dispute, Patient, State, Visit, is_over, overrides::Review};
use crate::visits::domain::refusal::Refusal;

/// All of a visit that decides who may see its member. Reads that need no whole visit carry this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VisitAccess {
    pub(crate) state: State,
    /// The member's payer, since the verification.
    pub(crate) payer: Option<OrganizationId>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) discharged_at: Option<DateTime<Utc>>,
    pub(crate) dispute: Option<Dispute>,
}

impl VisitAccess {
    /// Whether the facility may read the member's data: while the visit lasts, and for a grace after the discharge; and
    /// nothing of somebody who says that it was not them, until the payer dismisses that.
    pub(crate) fn shows_member(&self, now: DateTime<Utc>, grace: Duration) -> Result<(), Refusal> {
        if self.payer.is_none() {
            return Err(Refusal::NotVerified);
        }
        if self.dispute.is_some_and(Dispute::stands) {
            return Err(Refusal::Disputed);
        }
        let open = match self.state {
            State::Verified => !is_over(self.expires_at, now),
            State::Admitted => true,
            State::Discharged => self.discharged_at.is_some_and(|at| now < at + grace),
            State::AwaitingCode | State::Cancelled | State::Expired => false,
        };
        if open { Ok(()) } else { Err(Refusal::Over) }
    }

    /// The same for a party: the payer always sees its member.
    pub(crate) fn shows_member_to(
        &self,
        party: OrganizationId,
        now: DateTime<Utc>,
        grace: Duration,
    ) -> Result<(), Refusal> {
        if self.payer == Some(party) { Ok(()) } else { self.shows_member(now, grace) }
    }
}

impl Visit {
    /// What decides who may see the member.
    pub(crate) fn access(&self) -> VisitAccess {
        VisitAccess {
            state: self.state,
            payer: self.patient.as_ref().map(|patient| patient.payer),
            expires_at: self.expires_at,
            discharged_at: self.discharged_at,
            dispute: self.dispute,
        }
    }

    /// The patient, for a party that may see them.
    pub(crate) fn patient_for(
        &self,
        party: OrganizationId,
        now: DateTime<Utc>,
        grace: Duration,
    ) -> Result<&Patient, Refusal> {
        self.access().shows_member_to(party, now, grace)?;
        self.patient.as_ref().ok_or(Refusal::NotVerified)
    }
}

impl Patient {
    /// Whether this presence may open what other facilities recorded: one that two persons vouched for, only once the
    /// payer has accepted that.
    pub(crate) fn opens_records_of_others(&self, review: Option<Review>) -> bool {
        !self.overridden || review == Some(Review::Accepted)
    }
}

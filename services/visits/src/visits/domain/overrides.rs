//! A visit without a code: asked for by one person, approved by another, reviewed by the payer.

use careway_kernel::{AccountId, OrganizationId, VisitId};
use chrono::{DateTime, Utc};

use crate::visits::domain::refusal::Refusal;

/// Why there is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OverrideReason {
    NoPhone,
    Unconscious,
    Newborn,
    NotDelivered,
}

impl OverrideReason {
    const ALL: [Self; 4] = [Self::NoPhone, Self::Unconscious, Self::Newborn, Self::NotDelivered];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NoPhone => "NO_PHONE",
            Self::Unconscious => "UNCONSCIOUS",
            Self::Newborn => "NEWBORN",
            Self::NotDelivered => "NOT_DELIVERED",
        }
    }

    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// What the payer says of an override.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Review {
    Pending,
    Accepted,
    Rejected,
}

impl Review {
    const ALL: [Self; 3] = [Self::Pending, Self::Accepted, Self::Rejected];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Accepted => "ACCEPTED",
            Self::Rejected => "REJECTED",
        }
    }

    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|review| review.as_str() == word)
    }
}

/// Whose person approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Facility,
    Payer,
}

impl Side {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Facility => "FACILITY",
            Self::Payer => "PAYER",
        }
    }

    pub(crate) fn find(word: &str) -> Option<Self> {
        [Self::Facility, Self::Payer].into_iter().find(|side| side.as_str() == word)
    }
}

/// An override of one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VisitOverride {
    pub(crate) visit: VisitId,
    pub(crate) facility: OrganizationId,
    pub(crate) payer: Option<OrganizationId>,
    pub(crate) reason: OverrideReason,
    pub(crate) sealed_note: Vec<u8>,
    pub(crate) requested_by: AccountId,
    pub(crate) requested_at: DateTime<Utc>,
    /// It was the facility's n-th of that day.
    pub(crate) number_that_day: i32,
    pub(crate) approval: Option<Approval>,
    pub(crate) review: Review,
    pub(crate) sealed_review: Option<Vec<u8>>,
    pub(crate) reviewed_by: Option<AccountId>,
    pub(crate) reviewed_at: Option<DateTime<Utc>>,
    pub(crate) version: i64,
}

/// The second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Approval {
    pub(crate) by: AccountId,
    pub(crate) at: DateTime<Utc>,
    pub(crate) side: Side,
}

impl VisitOverride {
    /// Whether this person may vouch.
    pub(crate) fn approvable_by(&self, person: AccountId) -> Result<(), Refusal> {
        if person == self.requested_by { Err(Refusal::SecondPersonRequired) } else { Ok(()) }
    }

    /// The second person vouches; the payer is known from then on.
    pub(crate) fn approve(self, approval: Approval, payer: OrganizationId) -> Result<Self, Refusal> {
        self.approvable_by(approval.by)?;
        Ok(Self { payer: Some(payer), approval: Some(approval), version: self.version + 1, ..self })
    }

    /// The payer's word.
    pub(crate) fn review(
        self,
        outcome: Review,
        sealed_note: Option<Vec<u8>>,
        by: AccountId,
        at: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        if self.approval.is_none() {
            return Err(Refusal::OverrideNotApproved);
        }
        if self.review != Review::Pending {
            return Err(Refusal::OverrideAlreadyReviewed);
        }
        Ok(Self {
            review: outcome,
            sealed_review: sealed_note,
            reviewed_by: Some(by),
            reviewed_at: Some(at),
            version: self.version + 1,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use careway_kernel::Clock;

    fn requested(clock: &Clock) -> VisitOverride {
        VisitOverride {
            visit: VisitId::new(clock),
            facility: OrganizationId::new(clock),
            payer: None,
            reason: OverrideReason::NoPhone,
            sealed_note: vec![1],
            requested_by: AccountId::new(clock),
            requested_at: clock.now(),
            number_that_day: 1,
            approval: None,
            review: Review::Pending,
            sealed_review: None,
            reviewed_by: None,
            reviewed_at: None,
            version: 1,
        }
    }

    #[test]
    fn the_requester_is_not_a_second_person() {
        let clock = Clock::system();
        let asked = requested(&clock);
        let approval = Approval { by: asked.requested_by, at: clock.now(), side: Side::Facility };
        assert_eq!(asked.approve(approval, OrganizationId::new(&clock)), Err(Refusal::SecondPersonRequired));
    }

    #[test]
    fn the_payer_reviews_once_and_only_what_was_approved() {
        let clock = Clock::system();
        let (asked, officer) = (requested(&clock), AccountId::new(&clock));
        let review = |it: VisitOverride| it.review(Review::Rejected, None, officer, clock.now());
        assert_eq!(review(asked.clone()), Err(Refusal::OverrideNotApproved));
        let approval = Approval { by: AccountId::new(&clock), at: clock.now(), side: Side::Payer };
        let reviewed = review(asked.approve(approval, OrganizationId::new(&clock)).unwrap()).unwrap();
        assert_eq!((reviewed.review, reviewed.version), (Review::Rejected, 3));
        assert_eq!(review(reviewed), Err(Refusal::OverrideAlreadyReviewed));
    }

    #[test]
    fn words_come_back() {
        for reason in OverrideReason::ALL {
            assert_eq!(OverrideReason::find(reason.as_str()), Some(reason));
        }
        for review in Review::ALL {
            assert_eq!(Review::find(review.as_str()), Some(review));
        }
    }
}

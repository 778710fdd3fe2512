//! What may happen to a claim, in which state, and what it is then. Pure: time and decisions come in.

use careway_kernel::PaymentAdviceId;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Appeal, AppealAnswer, Chain, Claim, ClaimDraft, Payment, Recall, ReviewReason, State};
use crate::{
    adjudication::{amounts::Amounts, outcome::Verdict},
    claims::domain::refusal::ClaimRefusal,
};

/// What became of all lines, and until when that may be appealed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decision {
    pub(crate) verdict: Verdict,
    pub(crate) amounts: Amounts,
    pub(crate) appeal_by: NaiveDate,
}

impl Claim {
    /// A claim that the facility is writing.
    pub(crate) fn draft(now: DateTime<Utc>, draft: ClaimDraft) -> Result<Self, ClaimRefusal> {
        let claim = Self {
            id: draft.id,
            version: 1,
            number: draft.number,
            state: State::Draft,
            visit: draft.visit,
            currency: draft.currency,
            external_reference: draft.external_reference,
            documents: draft.documents,
            created_at: now,
            submit_by: draft.submit_by,
            submitted_at: None,
            review_reasons: Vec::new(),
            amounts: None,
            decided_at: None,
            appeal_by: None,
            recall: None,
            appeal: None,
            chain: Chain::default(),
            advised: 0,
            advice: None,
            payment: None,
        };
        claim.thawed()?;
        Ok(claim)
    }

    /// What takes the place of a rejected claim, and that claim as it is then.
    pub(crate) fn resubmit(
        self,
        now: DateTime<Utc>,
        draft: ClaimDraft,
        most: i32,
    ) -> Result<(Self, Self), ClaimRefusal> {
        self.in_states(&[State::Rejected])?;
        if let Some(by) = self.chain.resubmitted_as {
            return Err(ClaimRefusal::AlreadyResubmitted { by });
        }
        let resubmission = self.chain.resubmission + 1;
        if resubmission > most {
            return Err(ClaimRefusal::ResubmissionsExhausted { most });
        }
        let chain = Chain { resubmission, resubmits: Some(self.id), resubmitted_as: None };
        let draft = ClaimDraft { external_reference: self.external_reference.clone(), ..draft };
        let next = Self { chain, ..Self::draft(now, draft)? };
        let former = Chain { resubmitted_as: Some(next.id), ..self.chain };
        Ok((Self { chain: former, ..self.next() }, next))
    }

    /// The facility may still change it.
    pub(crate) fn edit(
        self,
        external_reference: Option<String>,
        documents: Vec<Uuid>,
        submit_by: NaiveDate,
    ) -> Result<Self, ClaimRefusal> {
        self.in_states(&[State::Draft])?;
        Ok(Self { external_reference, documents, submit_by, ..self.next() })
    }

    /// It is with the payer. `today` is the payer's.
    pub(crate) fn submit(self, now: DateTime<Utc>, today: NaiveDate) -> Result<Self, ClaimRefusal> {
        self.in_states(&[State::Draft])?;
        if today > self.submit_by {
            return Err(ClaimRefusal::SubmittedLate { by: self.submit_by });
        }
        Ok(Self { state: State::Submitted, submitted_at: Some(now), ..self.next() })
    }

    /// A person must decide; the amounts are what the rules make of it until then.
    pub(crate) fn leave_to_review(
        self,
        reasons: Vec<ReviewReason>,
        amounts: Amounts,
    ) -> Result<Self, ClaimRefusal> {
        self.in_states(&[State::Submitted])?;
        Ok(Self {
            state: State::InReview,
            review_reasons: reasons,
            amounts: Some(amounts),
            ..self.same_version()
        })
    }

    /// The rules decided, as soon as it was submitted.
    pub(crate) fn decide(self, now: DateTime<Utc>, decision: Decision) -> Result<Self, ClaimRefusal> {
        self.in_states(&[State::Submitted])?;
        Ok(self.same_version().decided(now, decision))
    }

    /// A reviewer decided.
    pub(crate) fn review(self, now: DateTime<Utc>, decision: Decision) -> Result<Self, ClaimRefusal> {
        self.in_states(&[State::Submitted, State::InReview])?;
        Ok(self.next().decided(now, decision))
    }

    /// The facility takes it back, before it is paid.
    pub(crate) fn recall(self, now: DateTime<Utc>, reason: String) -> Result<Self, ClaimRefusal> {
        self.in_states(&[
            State::Draft,
            State::Submitted,
            State::InReview,
            State::Approved,
            State::PartiallyApproved,
        ])?;
        Ok(Self { state: State::Recalled, recall: Some(Recall { at: now, reason }), ..self.next() })
    }

    /// The facility does not agree. `today` is the payer's.
    pub(crate) fn appeal(
        self,
        now: DateTime<Utc>,
        today: NaiveDate,
        sealed_reason: Vec<u8>,
        documents: Vec<Uuid>,
    ) -> Result<Self, ClaimRefusal> {
        self.in_states(&[State::Approved, State::PartiallyApproved, State::Rejected, State::Paid])?;
        if let Some(by) = self.chain.resubmitted_as {
            return Err(ClaimRefusal::AlreadyResubmitted { by });
        }
        if self.appeal.is_some() {
            return Err(ClaimRefusal::wrong_state(self.state, "a claim that was not appealed before"));
        }
        match self.appeal_by {
            Some(by) if today > by => Err(ClaimRefusal::AppealedLate { by }),
            _ => {
                let appeal = Appeal { at: now, sealed_reason, documents, answer: None };
                Ok(Self { state: State::Appealed, appeal: Some(appeal), ..self.next() })
            }
        }
    }

    /// The payer's decision stands.
    pub(crate) fn uphold(self, now: DateTime<Utc>, sealed_text: Vec<u8>) -> Result<Self, ClaimRefusal> {
        self.in_states(&[State::Appealed])?;
        Ok(Self { state: State::Upheld, ..self.next().answered(now, sealed_text) })
    }

    /// The payer decided the lines anew, for at least what it was to pay before.
    pub(crate) fn overturn(
        self,
        now: DateTime<Utc>,
        sealed_text: Vec<u8>,
        amounts: Amounts,
    ) -> Result<Self, ClaimRefusal> {
        self.in_states(&[State::Appealed])?;
        if amounts.payer < self.payer_part() {
            return Err(ClaimRefusal::AppealPaysLess);
        }
        let answered = self.next().answered(now, sealed_text);
        Ok(Self { state: State::Overturned, amounts: Some(amounts), ..answered })
    }

    /// A payment advice names it; how much of it.
    pub(crate) fn put_in_payment(self, advice: PaymentAdviceId) -> Result<(Self, i64), ClaimRefusal> {
        self.in_states(&[State::Approved, State::PartiallyApproved, State::Upheld, State::Overturned])?;
        let due = self.due();
        if due <= 0 {
            return Err(ClaimRefusal::NothingDue { claim: self.id });
        }
        let advised = self.advised + due;
        Ok((Self { state: State::InPayment, advised, advice: Some(advice), ..self.next() }, due))
    }

    /// The payer has paid what the advice names of it.
    pub(crate) fn pay(self, payment: Payment) -> Result<Self, ClaimRefusal> {
        self.in_states(&[State::InPayment])?;
        Ok(Self { state: State::Paid, payment: Some(payment), ..self.next() })
    }

    fn decided(self, now: DateTime<Utc>, decision: Decision) -> Self {
        let state = match decision.verdict {
            Verdict::Approved => State::Approved,
            Verdict::PartiallyApproved => State::PartiallyApproved,
            Verdict::Rejected => State::Rejected,
        };
        Self {
            state,
            amounts: Some(decision.amounts),
            decided_at: Some(now),
            appeal_by: Some(decision.appeal_by),
            ..self
        }
    }

    fn answered(mut self, now: DateTime<Utc>, sealed_text: Vec<u8>) -> Self {
        if let Some(appeal) = &mut self.appeal {
            appeal.answer = Some(AppealAnswer { at: now, sealed_text });
        }
        Self { decided_at: Some(now), appeal_by: None, ..self }
    }

    /// Nothing happens to a claim while the member disputes its visit.
    fn thawed(&self) -> Result<(), ClaimRefusal> {
        if self.visit.disputed { Err(ClaimRefusal::Disputed) } else { Ok(()) }
    }

    fn in_states(&self, needs: &'static [State]) -> Result<(), ClaimRefusal> {
        if !needs.contains(&self.state) {
            return Err(ClaimRefusal::wrong_state_among(self.state, needs));
        }
        self.thawed()
    }

    /// Submitting and deciding in one command is one change.
    fn same_version(self) -> Self {
        self
    }

    fn next(self) -> Self {
        Self { version: self.version + 1, ..self }
    }
}

//! What may happen to a claim, in which state, and what it is then. Pure: time and decisions come in.

use careway_kernel::PaymentAdviceId;
use chrono::{DateTime, Days, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    Appeal, AppealAnswer, Chain, Claim, ClaimDraft, Corrected, Correction, Payment, Recall, ReviewReason,
    State,
};
use crate::{
    adjudication::{amounts::Amounts, outcome::Determination},
    claims::domain::refusal::ClaimRefusal,
};

/// What became of all lines, and until when that may be appealed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decision {
    pub(crate) determination: Determination,
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
            correction: None,
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
        let chain = Chain { resubmission, resubmits: Some(self.id), ..Chain::default() };
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
        if self.chain.corrects.is_some() {
            return Err(ClaimRefusal::wrong_state(self.state, "a claim that takes no paid one's place"));
        }
        Ok(Self { state: State::Recalled, recall: Some(Recall { at: now, reason }), ..self.next() })
    }

    /// What takes the place of a paid claim, and that claim as it is then: what was paid of it is taken back. `today` is
    /// the payer's, `by` the last day that the contract allows.
    pub(crate) fn correct(
        self,
        (now, today): (DateTime<Utc>, NaiveDate),
        days: u16,
        draft: ClaimDraft,
        reason: String,
    ) -> Result<(Self, Self), ClaimRefusal> {
        let by = self.correctable(today, days)?;
        let patient = self.amounts.map_or(0, |amounts| amounts.patient());
        let chain = Chain {
            resubmission: self.chain.resubmission,
            corrects: Some(Corrected { claim: self.id, patient }),
            ..Chain::default()
        };
        // It is in time as long as the correction is, however long ago the care was given.
        let external_reference = self.external_reference.clone();
        let next =
            Self { chain, ..Self::draft(now, ClaimDraft { external_reference, submit_by: by, ..draft })? };
        let former = Chain { corrected_as: Some(next.id), ..self.chain };
        let correction = Some(Correction { at: now, reason });
        Ok((Self { state: State::Corrected, correction, chain: former, ..self.next() }, next))
    }

    /// A paid claim is taken back as a whole.
    pub(crate) fn void(
        self,
        (now, today): (DateTime<Utc>, NaiveDate),
        days: u16,
        reason: String,
    ) -> Result<Self, ClaimRefusal> {
        self.correctable(today, days)?;
        Ok(Self { state: State::Voided, correction: Some(Correction { at: now, reason }), ..self.next() })
    }

    /// Until when a paid claim may be corrected: so many days after it was paid, by the contract.
    pub(crate) fn correctable(&self, today: NaiveDate, days: u16) -> Result<NaiveDate, ClaimRefusal> {
        if self.state.is_reversed() {
            return Err(ClaimRefusal::AlreadyCorrected { by: self.chain.corrected_as });
        }
        let paid = self.payment.as_ref().filter(|_| self.is_paid());
        let paid = paid.ok_or_else(|| ClaimRefusal::wrong_state(self.state, State::Paid.as_str()))?;
        self.thawed()?;
        let by = paid.paid_on.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX);
        if today > by { Err(ClaimRefusal::CorrectedLate { by }) } else { Ok(by) }
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

    /// A payment advice names it; how much of it: below nothing of one that was corrected or voided. What was paid is not
    /// taken back before it is known what is paid instead.
    pub(crate) fn put_in_payment(self, advice: PaymentAdviceId) -> Result<(Self, i64), ClaimRefusal> {
        use State::{Approved, Corrected, Overturned, PartiallyApproved, Upheld, Voided};
        self.in_states(&[Approved, PartiallyApproved, Upheld, Overturned, Corrected, Voided])?;
        let (due, reversed) = (self.due(), self.state.is_reversed());
        let waits = self.state == Corrected && !self.chain.correction_decided;
        if waits || due == 0 || (due < 0 && !reversed) {
            return Err(ClaimRefusal::NothingDue { claim: self.id });
        }
        let state = if reversed { self.state } else { State::InPayment };
        Ok((Self { state, advised: self.advised + due, advice: Some(advice), ..self.next() }, due))
    }

    /// The payer has paid what the advice names of it.
    pub(crate) fn pay(self, payment: Payment) -> Result<Self, ClaimRefusal> {
        self.in_states(&[State::InPayment])?;
        Ok(Self { state: State::Paid, payment: Some(payment), ..self.next() })
    }

    fn decided(self, now: DateTime<Utc>, decision: Decision) -> Self {
        let state = match decision.determination {
            Determination::Approved => State::Approved,
            Determination::PartiallyApproved => State::PartiallyApproved,
            Determination::Rejected => State::Rejected,
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

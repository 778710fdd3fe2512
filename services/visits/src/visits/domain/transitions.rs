//! What may happen to a visit, in which state, and what it is then. Pure: time and decisions come in.

use careway_kernel::OrganizationId;
use chrono::{DateTime, Duration, Utc};

use super::{
    Admission, AdmissionInput, AdmissionNotice, Cancellation, Challenge, Dispute, NoticeRule, Patient,
    Resolution, Start, State, Visit,
};
use crate::{
    plans::domain::reason::Reason,
    plans::domain::service_type::ServiceType,
    visits::domain::refusal::{Refusal, wait_until},
};

/// Resends of a code per visit.
pub(crate) const MAX_RESENDS: i32 = 5;
/// The kind of care that lasts until the discharge, where every other is of one day; the payer must be told of it.
pub(crate) const INPATIENT: &str = "INPATIENT";

impl Visit {
    /// A visit that awaits its code.
    pub(crate) fn start(now: DateTime<Utc>, start: Start, verify_within: Duration) -> Self {
        Self {
            id: start.id,
            version: 1,
            facility: start.facility,
            state: State::AwaitingCode,
            service_date: start.service_date,
            started_at: now,
            started_by: start.by,
            expires_at: Some(now + verify_within),
            identifier_hash: start.identifier_hash,
            challenge: Some(start.challenge),
            resends: 0,
            override_payer: None,
            patient: None,
            admission: None,
            discharged_at: None,
            cancellation: None,
            dispute: None,
            claims: 0,
        }
    }

    /// The code may be tried, and an override asked for.
    pub(crate) fn awaiting(&self, now: DateTime<Utc>) -> Result<&Challenge, Refusal> {
        self.in_time(State::AwaitingCode, now)?;
        self.challenge.as_ref().ok_or(Refusal::Expired)
    }

    /// The code may be sent again.
    pub(crate) fn resendable(&self, now: DateTime<Utc>) -> Result<&Challenge, Refusal> {
        let challenge = self.awaiting(now)?;
        if self.resends >= MAX_RESENDS {
            return Err(Refusal::ResendsExhausted);
        }
        if now < challenge.resend_available_at {
            return Err(wait_until(challenge.resend_available_at, now));
        }
        Ok(challenge)
    }

    /// A new code is on its way.
    pub(crate) fn resent(self, now: DateTime<Utc>, challenge: Challenge) -> Result<Self, Refusal> {
        self.resendable(now)?;
        Ok(Self { resends: self.resends + 1, challenge: Some(challenge), ..self.next() })
    }

    /// The patient is present. The challenge, with the identifier in it, is erased.
    pub(crate) fn verify(
        self,
        now: DateTime<Utc>,
        patient: Patient,
        member_number_hash: Vec<u8>,
        admit_within: Duration,
    ) -> Result<Self, Refusal> {
        self.awaiting(now)?;
        Ok(Self {
            state: State::Verified,
            challenge: None,
            override_payer: None,
            patient: Some(patient),
            identifier_hash: member_number_hash,
            expires_at: Some(now + admit_within),
            ..self.next()
        })
    }

    /// A second person is asked to vouch; the visit lasts long enough for that.
    pub(crate) fn request_override(
        self,
        now: DateTime<Utc>,
        payer: Option<OrganizationId>,
        approve_within: Duration,
    ) -> Result<Self, Refusal> {
        self.awaiting(now)?;
        let expires_at = self.expires_at.max(Some(now + approve_within));
        Ok(Self { override_payer: payer, expires_at, ..self.next() })
    }

    /// The patient is admitted for one of the service types that were allowed at the verification.
    pub(crate) fn admit(
        self,
        now: DateTime<Utc>,
        input: AdmissionInput,
        rule: NoticeRule,
    ) -> Result<Self, Refusal> {
        self.in_time(State::Verified, now)?;
        if self.is_disputed() {
            return Err(Refusal::Disputed);
        }
        self.may_admit(&input.service_type)?;
        let notice = (input.service_type.as_str() == INPATIENT).then(|| AdmissionNotice {
            due_at: now + rule.within,
            warn_at: now + rule.within * i32::from(rule.warn_percent) / 100,
            warned_at: None,
            given_at: None,
        });
        let AdmissionInput { service_type, number, practitioner, referral } = input;
        let admission = Admission { service_type, number, practitioner, referral, at: now, notice };
        Ok(Self { state: State::Admitted, admission: Some(admission), expires_at: None, ..self.next() })
    }

    fn may_admit(&self, service_type: &ServiceType) -> Result<(), Refusal> {
        let entitlement = self.patient.as_ref().map(|patient| &patient.entitlement);
        let option = entitlement
            .and_then(|known| known.service_types.iter().find(|option| option.service_type == *service_type));
        match option {
            Some(option) if option.allowed => Ok(()),
            option => Err(Refusal::NotEntitled(
                option.and_then(|it| it.reason).unwrap_or(Reason::ServiceNotCovered),
            )),
        }
    }

    /// The payer is told of the inpatient; says whether that was late.
    pub(crate) fn notify_admission(self, now: DateTime<Utc>) -> Result<(Self, bool), Refusal> {
        self.in_state(State::Admitted)?;
        let notice = self.admission.as_ref().and_then(|admission| admission.notice.clone());
        let notice = notice.ok_or(Refusal::NoticeNotRequired)?;
        if notice.given_at.is_some() {
            return Err(Refusal::NoticeAlreadyGiven);
        }
        let late = now > notice.due_at;
        Ok((self.with_notice(AdmissionNotice { given_at: Some(now), ..notice }), late))
    }

    /// The facility is warned that the notice is due; nothing when there is nothing to warn of.
    pub(crate) fn warn_of_admission_notice(self, now: DateTime<Utc>) -> Option<Self> {
        let notice = self.admission.as_ref()?.notice.clone()?;
        let silent = notice.warned_at.is_some() || notice.given_at.is_some() || now < notice.warn_at;
        if silent || self.state != State::Admitted {
            return None;
        }
        Some(self.with_notice(AdmissionNotice { warned_at: Some(now), ..notice }))
    }

    /// The patient leaves.
    pub(crate) fn discharge(self, now: DateTime<Utc>) -> Result<Self, Refusal> {
        self.in_state(State::Admitted)?;
        Ok(Self { state: State::Discharged, discharged_at: Some(now), ..self.next() })
    }

    /// The visit never was, as long as nothing was claimed.
    pub(crate) fn cancel(self, now: DateTime<Utc>, reason: String) -> Result<Self, Refusal> {
        if !matches!(self.state, State::AwaitingCode | State::Verified | State::Admitted) {
            return Err(Refusal::WrongState { is: self.state, needs: "AWAITING_CODE, VERIFIED or ADMITTED" });
        }
        if self.claims > 0 {
            return Err(Refusal::HasClaims);
        }
        Ok(Self {
            state: State::Cancelled,
            cancellation: Some(Cancellation { at: now, reason }),
            challenge: None,
            override_payer: None,
            expires_at: None,
            ..self.next()
        })
    }

    /// Its time is over; nothing when it is not.
    pub(crate) fn expire(self, now: DateTime<Utc>) -> Option<Self> {
        let waiting = matches!(self.state, State::AwaitingCode | State::Verified);
        (waiting && self.is_over(now)).then(|| Self {
            state: State::Expired,
            challenge: None,
            override_payer: None,
            ..self.next()
        })
    }

    /// The member says it was not them; nothing when that is noted already, or settled.
    pub(crate) fn dispute(self, now: DateTime<Utc>) -> Option<Self> {
        let new = self.dispute.is_none() && self.patient.is_some();
        new.then(|| Self { dispute: Some(Dispute { at: now, resolution: None }), ..self.next() })
    }

    /// The payer settles the dispute.
    pub(crate) fn resolve_dispute(self, now: DateTime<Utc>, upheld: bool) -> Result<Self, Refusal> {
        match self.dispute {
            Some(Dispute { at, resolution: None }) => {
                let dispute = Dispute { at, resolution: Some(Resolution { at: now, upheld }) };
                Ok(Self { dispute: Some(dispute), ..self.next() })
            }
            _ => Err(Refusal::NotDisputed),
        }
    }

    fn in_state(&self, needs: State) -> Result<(), Refusal> {
        if self.state == needs {
            Ok(())
        } else {
            Err(Refusal::WrongState { is: self.state, needs: needs.as_str() })
        }
    }

    fn in_time(&self, needs: State, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.in_state(needs)?;
        // The timer may be a little behind.
        if self.is_over(now) { Err(Refusal::Expired) } else { Ok(()) }
    }

    fn with_notice(self, notice: AdmissionNotice) -> Self {
        let admission =
            self.admission.clone().map(|admission| Admission { notice: Some(notice), ..admission });
        Self { admission, ..self.next() }
    }

    fn next(self) -> Self {
        Self { version: self.version + 1, ..self }
    }
}

//! A row of the table `visit`, and the visit it is.

use anyhow::Context;
use careway_kernel::{FamilyId, MemberId, OrganizationId, VisitId};
use careway_service::Error;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    coverages::domain::entitlement::Entitlement,
    plans::domain::service_type::ServiceType,
    visits::domain::{
        Admission, AdmissionNotice, Cancellation, Challenge, Dispute, Patient, Resolution, State, Visit,
        access::VisitAccess,
    },
};

/// Read with `select *`: the columns a later migration adds are not looked at.
#[derive(FromRow)]
pub(crate) struct VisitRow {
    visit_id: Uuid,
    version: i64,
    facility_id: Uuid,
    payer_id: Option<Uuid>,
    override_payer_id: Option<Uuid>,
    state: String,
    service_date: NaiveDate,
    started_at: DateTime<Utc>,
    started_by: Uuid,
    expires_at: Option<DateTime<Utc>>,
    identifier_hash: Vec<u8>,
    sealed_challenge: Option<Vec<u8>>,
    challenge_id: Option<String>,
    masked_destination: Option<String>,
    code_expires_at: Option<DateTime<Utc>>,
    resend_available_at: Option<DateTime<Utc>>,
    resends: i32,
    verified_at: Option<DateTime<Utc>>,
    verified_by: Option<Uuid>,
    overridden: bool,
    newborn: bool,
    member_id: Option<Uuid>,
    family_id: Option<Uuid>,
    member_birth_date: Option<NaiveDate>,
    sealed_member: Option<Vec<u8>>,
    entitlement: Option<Json<Entitlement>>,
    service_type: Option<String>,
    visit_number: Option<String>,
    practitioner: Option<String>,
    referral: Option<String>,
    admitted_at: Option<DateTime<Utc>>,
    admission_notice_due_at: Option<DateTime<Utc>>,
    admission_notice_warn_at: Option<DateTime<Utc>>,
    admission_warned_at: Option<DateTime<Utc>>,
    admission_notified_at: Option<DateTime<Utc>>,
    discharged_at: Option<DateTime<Utc>>,
    cancelled_at: Option<DateTime<Utc>>,
    cancel_reason: Option<String>,
    disputed_at: Option<DateTime<Utc>>,
    dispute_resolved_at: Option<DateTime<Utc>>,
    dispute_outcome: Option<String>,
    claims: i32,
}

impl TryFrom<VisitRow> for Visit {
    type Error = Error;

    fn try_from(row: VisitRow) -> Result<Self, Error> {
        let id = row.visit_id;
        row.sound().with_context(|| format!("the row of visit {id}")).map_err(Error::internal)
    }
}

impl VisitRow {
    fn sound(mut self) -> anyhow::Result<Visit> {
        Ok(Visit {
            id: VisitId::from_uuid(self.visit_id),
            version: self.version,
            facility: OrganizationId::from_uuid(self.facility_id),
            state: State::find(&self.state).context("the state")?,
            service_date: self.service_date,
            started_at: self.started_at,
            started_by: self.started_by,
            expires_at: self.expires_at,
            challenge: self.challenge(),
            resends: self.resends,
            override_payer: self.override_payer_id.map(OrganizationId::from_uuid),
            patient: self.patient(),
            admission: self.admission()?,
            discharged_at: self.discharged_at,
            cancellation: self.cancellation(),
            dispute: self.dispute(),
            claims: self.claims,
            identifier_hash: self.identifier_hash,
        })
    }

    fn challenge(&mut self) -> Option<Challenge> {
        Some(Challenge {
            id: self.challenge_id.take()?,
            sealed: self.sealed_challenge.take()?,
            masked_destination: self.masked_destination.take()?,
            code_expires_at: self.code_expires_at?,
            resend_available_at: self.resend_available_at?,
        })
    }

    fn patient(&mut self) -> Option<Patient> {
        Some(Patient {
            member: MemberId::from_uuid(self.member_id?),
            family: FamilyId::from_uuid(self.family_id?),
            payer: OrganizationId::from_uuid(self.payer_id?),
            birth_date: self.member_birth_date,
            sealed_member: self.sealed_member.take()?,
            entitlement: self.entitlement.take()?.0,
            verified_at: self.verified_at?,
            verified_by: self.verified_by?,
            overridden: self.overridden,
            newborn: self.newborn,
        })
    }

    fn admission(&mut self) -> anyhow::Result<Option<Admission>> {
        let (Some(service_type), Some(number), Some(at)) =
            (&self.service_type, self.visit_number.take(), self.admitted_at)
        else {
            return Ok(None);
        };
        let notice = self.admission_notice_due_at.zip(self.admission_notice_warn_at);
        Ok(Some(Admission {
            service_type: ServiceType::parse(service_type).context("the service type")?,
            number,
            practitioner: self.practitioner.take(),
            referral: self.referral.take(),
            at,
            notice: notice.map(|(due_at, warn_at)| AdmissionNotice {
                due_at,
                warn_at,
                warned_at: self.admission_warned_at,
                given_at: self.admission_notified_at,
            }),
        }))
    }

    fn cancellation(&mut self) -> Option<Cancellation> {
        Some(Cancellation { at: self.cancelled_at?, reason: self.cancel_reason.take()? })
    }

    fn dispute(&self) -> Option<Dispute> {
        dispute(self.disputed_at, self.dispute_resolved_at, self.dispute_outcome.as_deref())
    }
}

fn dispute(
    disputed: Option<DateTime<Utc>>,
    resolved: Option<DateTime<Utc>>,
    outcome: Option<&str>,
) -> Option<Dispute> {
    let resolution = resolved.zip(outcome);
    let resolution = resolution.map(|(at, outcome)| Resolution { at, upheld: outcome == "UPHELD" });
    Some(Dispute { at: disputed?, resolution })
}

/// The columns of a visit, joined to something else, that decide who may see its member.
#[derive(FromRow)]
pub(crate) struct AccessRow {
    visit_state: Option<String>,
    visit_payer_id: Option<Uuid>,
    visit_expires_at: Option<DateTime<Utc>>,
    visit_discharged_at: Option<DateTime<Utc>>,
    visit_disputed_at: Option<DateTime<Utc>>,
    visit_dispute_resolved_at: Option<DateTime<Utc>>,
    visit_dispute_outcome: Option<String>,
}

impl AccessRow {
    /// None of a visit that the caller does not see.
    pub(crate) fn access(&self) -> Result<Option<VisitAccess>, Error> {
        let Some(word) = &self.visit_state else { return Ok(None) };
        let state =
            State::find(word).with_context(|| format!("the state {word}")).map_err(Error::internal)?;
        let outcome = self.visit_dispute_outcome.as_deref();
        Ok(Some(VisitAccess {
            state,
            payer: self.visit_payer_id.map(OrganizationId::from_uuid),
            expires_at: self.visit_expires_at,
            discharged_at: self.visit_discharged_at,
            dispute: dispute(self.visit_disputed_at, self.visit_dispute_resolved_at, outcome),
        }))
    }
}

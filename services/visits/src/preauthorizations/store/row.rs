//! A row of the table `preauthorization` as one document, both ways, and the pre-authorization it is.

use anyhow::Context;
use careway_kernel::{CoverageId, Currency, MemberId, OrganizationId, PreauthorizationId, VisitId};
use careway_service::Error;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    adjudication::amounts::Amounts,
    plans::domain::service_type::ServiceType,
    preauthorizations::domain::{
        Deadline, Decision, Preauthorization, State, Urgency, Validity, line::PreauthorizationLine,
    },
    visits::domain::Cancellation,
};

/// The columns that a new row is given.
pub(crate) const COLUMNS: &str = "preauthorization_id, version, number, visit_id, visit_number, service_type, facility_id, payer_id, \
    member_id, member_number_hash, coverage_id, currency, state, urgency, sealed_justification, \
    document_ids, created_at, created_by, submitted_at, due_at, warn_at, warned_at, stopped_with, \
    escalated_at, questions, unanswered, decided_at, decided_by, valid_from, valid_to, released, \
    cancelled_at, cancel_reason, totals, lines";

/// Read with `to_jsonb`, written with `jsonb_populate_record`: the columns a later migration adds are not looked at.
#[derive(Serialize, Deserialize)]
pub(crate) struct PreauthorizationRow {
    preauthorization_id: Uuid,
    version: i64,
    number: String,
    visit_id: Uuid,
    visit_number: String,
    service_type: String,
    facility_id: Uuid,
    payer_id: Uuid,
    member_id: Uuid,
    #[serde(with = "bytea")]
    member_number_hash: Vec<u8>,
    coverage_id: Uuid,
    currency: Currency,
    state: String,
    urgency: String,
    #[serde(with = "bytea")]
    sealed_justification: Vec<u8>,
    document_ids: Vec<Uuid>,
    created_at: DateTime<Utc>,
    created_by: Uuid,
    submitted_at: Option<DateTime<Utc>>,
    due_at: Option<DateTime<Utc>>,
    warn_at: Option<DateTime<Utc>>,
    warned_at: Option<DateTime<Utc>>,
    stopped_with: Option<i64>,
    escalated_at: Option<DateTime<Utc>>,
    questions: u16,
    unanswered: bool,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<Uuid>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    released: bool,
    cancelled_at: Option<DateTime<Utc>>,
    cancel_reason: Option<String>,
    totals: Option<Amounts>,
    lines: Vec<PreauthorizationLine>,
}

impl TryFrom<PreauthorizationRow> for Preauthorization {
    type Error = Error;

    fn try_from(row: PreauthorizationRow) -> Result<Self, Error> {
        let id = row.preauthorization_id;
        row.sound().with_context(|| format!("the row of pre-authorization {id}")).map_err(Error::internal)
    }
}

impl PreauthorizationRow {
    fn sound(self) -> anyhow::Result<Preauthorization> {
        let deadline = self.due_at.zip(self.warn_at);
        Ok(Preauthorization {
            id: PreauthorizationId::from_uuid(self.preauthorization_id),
            version: self.version,
            number: self.number,
            visit: VisitId::from_uuid(self.visit_id),
            visit_number: self.visit_number,
            service_type: ServiceType::parse(&self.service_type).context("the service type")?,
            facility: OrganizationId::from_uuid(self.facility_id),
            payer: OrganizationId::from_uuid(self.payer_id),
            member: MemberId::from_uuid(self.member_id),
            member_number_hash: self.member_number_hash,
            coverage: CoverageId::from_uuid(self.coverage_id),
            currency: self.currency,
            state: State::find(&self.state).context("the state")?,
            urgency: Urgency::find(&self.urgency).context("the urgency")?,
            sealed_justification: self.sealed_justification,
            documents: self.document_ids,
            created_at: self.created_at,
            created_by: self.created_by,
            submitted_at: self.submitted_at,
            deadline: deadline.map(|(due_at, warn_at)| Deadline {
                due_at,
                warn_at,
                warned_at: self.warned_at,
            }),
            stopped: self.stopped_with.map(Duration::microseconds),
            escalated_at: self.escalated_at,
            questions: self.questions,
            unanswered: self.unanswered,
            decision: self.decided_at.map(|at| Decision { at, by: self.decided_by }),
            validity: self.valid_from.zip(self.valid_to).map(|(from, to)| Validity { from, to }),
            released: self.released,
            cancellation: self
                .cancelled_at
                .zip(self.cancel_reason)
                .map(|(at, reason)| Cancellation { at, reason }),
            totals: self.totals,
            lines: self.lines,
        })
    }
}

impl From<&Preauthorization> for PreauthorizationRow {
    fn from(preauthorization: &Preauthorization) -> Self {
        Self {
            preauthorization_id: preauthorization.id.uuid(),
            version: preauthorization.version,
            number: preauthorization.number.clone(),
            visit_id: preauthorization.visit.uuid(),
            visit_number: preauthorization.visit_number.clone(),
            service_type: preauthorization.service_type.to_string(),
            facility_id: preauthorization.facility.uuid(),
            payer_id: preauthorization.payer.uuid(),
            member_id: preauthorization.member.uuid(),
            member_number_hash: preauthorization.member_number_hash.clone(),
            coverage_id: preauthorization.coverage.uuid(),
            currency: preauthorization.currency,
            state: preauthorization.state.as_str().to_owned(),
            urgency: preauthorization.urgency.as_str().to_owned(),
            sealed_justification: preauthorization.sealed_justification.clone(),
            document_ids: preauthorization.documents.clone(),
            created_at: preauthorization.created_at,
            created_by: preauthorization.created_by,
            submitted_at: preauthorization.submitted_at,
            due_at: preauthorization.deadline.map(|deadline| deadline.due_at),
            warn_at: preauthorization.deadline.map(|deadline| deadline.warn_at),
            warned_at: preauthorization.deadline.and_then(|deadline| deadline.warned_at),
            stopped_with: preauthorization.stopped.and_then(|left| left.num_microseconds()),
            escalated_at: preauthorization.escalated_at,
            questions: preauthorization.questions,
            unanswered: preauthorization.unanswered,
            decided_at: preauthorization.decision.map(|decision| decision.at),
            decided_by: preauthorization.decision.and_then(|decision| decision.by),
            valid_from: preauthorization.validity.map(|validity| validity.from),
            valid_to: preauthorization.validity.map(|validity| validity.to),
            released: preauthorization.released,
            cancelled_at: preauthorization.cancellation.as_ref().map(|it| it.at),
            cancel_reason: preauthorization.cancellation.as_ref().map(|it| it.reason.clone()),
            totals: preauthorization.totals,
            lines: preauthorization.lines.clone(),
        }
    }
}

/// Bytes as Postgres writes them in JSON: `\x` and hexadecimal digits.
pub(crate) mod bytea {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("\\x{}", hex::encode(bytes)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        let digits = text.strip_prefix("\\x").ok_or_else(|| D::Error::custom("no bytes"))?;
        hex::decode(digits).map_err(D::Error::custom)
    }
}

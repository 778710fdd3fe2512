//! Rows of prescriptions, their lines and their hand-outs, and what they are.

use careway_kernel::{MemberId, OrganizationId, PrescriptionId, VisitId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    adjudication::quantity::Quantity,
    prescriptions::domain::{
        Cancellation, Content, Dispensing, Line, Medicine, Prescription, formulary::Formulary,
    },
    seal::{Column, Keys},
};

#[derive(FromRow, serde::Serialize, serde::Deserialize)]
pub(crate) struct LineJson {
    line_number: i16,
    code: Option<String>,
    atc: Option<String>,
    name: String,
    form: String,
    strength: String,
    days: i16,
    quantity: i64,
    refills: i16,
    substitution_allowed: bool,
    formulary: String,
    #[serde(default)]
    dispensed: i64,
    #[serde(default)]
    fill_begun_on: Option<NaiveDate>,
}

#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct DispensingJson {
    line_number: i16,
    facility_id: Uuid,
    fill: i16,
    quantity: i64,
    substitute: Option<String>,
    at: DateTime<Utc>,
    begins: bool,
}

#[derive(FromRow)]
pub(crate) struct PrescriptionRow {
    prescription_id: Uuid,
    version: i64,
    prescription_number: String,
    facility_id: Uuid,
    payer_id: Uuid,
    visit_id: Uuid,
    visit_number: String,
    member_id: Uuid,
    sealed_content: Vec<u8>,
    issued_at: DateTime<Utc>,
    issued_by: Uuid,
    issued_on: NaiveDate,
    expires_on: NaiveDate,
    cancelled_at: Option<DateTime<Utc>>,
    sealed_reason: Option<Vec<u8>>,
}

impl PrescriptionRow {
    pub(crate) fn into_prescription(self, keys: &Keys, lines: Vec<Line>) -> Result<Prescription> {
        let id = PrescriptionId::from_uuid(self.prescription_id);
        let content = keys.open(Column::Prescription, id, &self.sealed_content)?;
        let cancellation = match self.cancelled_at.zip(self.sealed_reason) {
            Some((at, sealed)) => {
                let reason = keys.open(Column::PrescriptionCancelled, id, &sealed)?;
                Some(Cancellation { at, reason: String::from_utf8_lossy(&reason).into_owned() })
            }
            None => None,
        };
        Ok(Prescription {
            id,
            version: self.version,
            number: self.prescription_number,
            facility: OrganizationId::from_uuid(self.facility_id),
            payer: OrganizationId::from_uuid(self.payer_id),
            visit: VisitId::from_uuid(self.visit_id),
            visit_number: self.visit_number,
            member: MemberId::from_uuid(self.member_id),
            content: serde_json::from_slice::<Content>(&content).map_err(Error::internal)?,
            issued_at: self.issued_at,
            issued_by: self.issued_by,
            issued_on: self.issued_on,
            expires_on: self.expires_on,
            lines,
            cancellation,
        })
    }
}

impl TryFrom<LineJson> for Line {
    type Error = Error;

    fn try_from(json: LineJson) -> Result<Self> {
        Ok(Self {
            number: json.line_number,
            medicine: Medicine {
                code: json.code,
                atc: json.atc,
                name: json.name,
                form: json.form,
                strength: json.strength,
            },
            days: json.days,
            quantity: quantity(json.quantity)?,
            refills: json.refills,
            substitution_allowed: json.substitution_allowed,
            formulary: one_of(
                "prescription_line.formulary",
                &json.formulary,
                &Formulary::ALL,
                Formulary::as_str,
            )?,
            dispensed: json.dispensed,
            fill_begun_on: json.fill_begun_on,
        })
    }
}

impl From<&Line> for LineJson {
    fn from(line: &Line) -> Self {
        let medicine = line.medicine.clone();
        Self {
            line_number: line.number,
            code: medicine.code,
            atc: medicine.atc,
            name: medicine.name,
            form: medicine.form,
            strength: medicine.strength,
            days: line.days,
            quantity: line.quantity.thousandths(),
            refills: line.refills,
            substitution_allowed: line.substitution_allowed,
            formulary: line.formulary.as_str().to_owned(),
            dispensed: line.dispensed,
            fill_begun_on: line.fill_begun_on,
        }
    }
}

impl From<&Dispensing> for DispensingJson {
    fn from(dispensing: &Dispensing) -> Self {
        Self {
            line_number: dispensing.line,
            facility_id: dispensing.facility.uuid(),
            fill: dispensing.fill,
            quantity: dispensing.quantity.thousandths(),
            substitute: dispensing.substitute.clone(),
            at: dispensing.at,
            begins: dispensing.begins,
        }
    }
}

impl TryFrom<DispensingJson> for Dispensing {
    type Error = Error;

    fn try_from(json: DispensingJson) -> Result<Self> {
        Ok(Self {
            line: json.line_number,
            fill: json.fill,
            quantity: quantity(json.quantity)?,
            substitute: json.substitute,
            facility: OrganizationId::from_uuid(json.facility_id),
            at: json.at,
            begins: json.begins,
        })
    }
}

fn quantity(thousandths: i64) -> Result<Quantity> {
    Quantity::from_thousandths(thousandths)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a quantity of {thousandths} thousandths is kept")))
}

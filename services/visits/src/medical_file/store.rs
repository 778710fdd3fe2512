//! The medical file of a visit's patient in Postgres, and the patient's consent.

use careway_kernel::{DocumentId, PrescriptionId, VisitId};
use careway_service::{Error, Result, Sealer, one_of};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::{FromRow, PgConnection, types::Json};
use uuid::Uuid;

use super::domain::{
    Consent, ConsentForm, EarlierVisit, MedicalFile, RecordedDiagnosis, RecordedDocument, RecordedMedicine,
    RecordedPrescription, diagnoses,
};
use crate::{
    documents,
    prescriptions::domain::Content,
    seal::{Column, Keys},
    service_lines,
    visits::domain::{Patient, Visit},
};

/// Entries of each kind, at most.
const MOST: i32 = 200;

#[derive(Deserialize)]
struct FileJson {
    visits: Vec<VisitJson>,
    care: Vec<PriorServiceJson>,
    prescriptions: Vec<PrescriptionJson>,
    documents: Vec<DocumentJson>,
}

#[derive(FromRow)]
struct ConsentRow {
    form: String,
    given_at: DateTime<Utc>,
    withdrawn_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct VisitJson {
    visit_number: String,
    facility_name: Option<String>,
    service_date: NaiveDate,
    service_type: String,
    practitioner: Option<String>,
}

#[derive(Deserialize)]
struct PriorServiceJson {
    line_id: Uuid,
    sealed_details: String,
    given_on: NaiveDate,
    facility_name: Option<String>,
}

#[derive(Deserialize)]
struct PrescriptionJson {
    prescription_id: Uuid,
    prescription_number: String,
    sealed_content: String,
    issued_on: NaiveDate,
    cancelled: bool,
    facility_name: Option<String>,
    medicines: Vec<MedicineJson>,
}

#[derive(Deserialize)]
struct MedicineJson {
    name: String,
    strength: String,
    days: i16,
    dispensed: i64,
}

#[derive(Deserialize)]
struct DocumentJson {
    document_id: Uuid,
    kind: String,
    sealed_title: String,
    added_at: DateTime<Utc>,
    facility_name: Option<String>,
}

/// The consent of a visit's patient.
pub(crate) async fn find_consent(conn: &mut PgConnection, visit: VisitId) -> Result<Option<Consent>> {
    let consent: Option<ConsentRow> =
        sqlx::query_as("select form, given_at, withdrawn_at from visit_consent where visit_id = $1")
            .bind(visit.uuid())
            .fetch_optional(conn)
            .await?;
    consent.map(TryInto::try_into).transpose()
}

/// What was recorded of a visit's patient, for the visit's facility; with `others`, what others recorded too, whose
/// documents are open to it from now on.
pub(crate) async fn find_medical_file(
    conn: &mut PgConnection,
    (keys, documents): (&Keys, &Sealer),
    visit: VisitId,
    others: bool,
    now: DateTime<Utc>,
) -> Result<Option<MedicalFile>> {
    let file: Option<Json<FileJson>> = sqlx::query_scalar("select medical_file($1, $2, $3, $4)")
        .bind(visit.uuid())
        .bind(others)
        .bind(MOST)
        .bind(now)
        .fetch_one(conn)
        .await?;
    let Some(Json(file)) = file else { return Ok(None) };
    let mut found = Vec::new();
    for line in file.care {
        let facility = line.facility_name.unwrap_or_default();
        let codes =
            service_lines::store::row::open_diagnoses(keys, line.line_id, &bytes(&line.sealed_details)?)?;
        found.extend(codes.into_iter().map(|code| RecordedDiagnosis {
            date: line.given_on,
            facility: facility.clone(),
            code,
        }));
    }
    let prescriptions = file.prescriptions.into_iter().map(|it| it.open(keys, &mut found));
    let prescriptions = prescriptions.collect::<Result<_>>()?;
    Ok(Some(MedicalFile {
        visits: file.visits.into_iter().map(Into::into).collect(),
        diagnoses: diagnoses(found),
        prescriptions,
        documents: file.documents.into_iter().map(|it| it.open(documents)).collect::<Result<_>>()?,
    }))
}

impl TryFrom<ConsentRow> for Consent {
    type Error = Error;

    fn try_from(row: ConsentRow) -> Result<Self> {
        let form = one_of("visit_consent.form", &row.form, &ConsentForm::ALL, ConsentForm::as_str)?;
        Ok(Self { form, given_at: row.given_at, withdrawn_at: row.withdrawn_at })
    }
}

impl From<VisitJson> for EarlierVisit {
    fn from(json: VisitJson) -> Self {
        Self {
            number: json.visit_number,
            facility: json.facility_name.unwrap_or_default(),
            date: json.service_date,
            service_type: json.service_type,
            practitioner: json.practitioner,
        }
    }
}

impl PrescriptionJson {
    /// The prescription; what it was written for joins the diagnoses.
    fn open(self, keys: &Keys, diagnoses: &mut Vec<RecordedDiagnosis>) -> Result<RecordedPrescription> {
        let id = PrescriptionId::from_uuid(self.prescription_id);
        let content = keys.open(Column::Prescription, id, &bytes(&self.sealed_content)?)?;
        let content: Content = serde_json::from_slice(&content).map_err(Error::internal)?;
        let facility = self.facility_name.unwrap_or_default();
        let codes = content.directions.iter().flat_map(|it| &it.diagnoses);
        diagnoses.extend(codes.map(|code| RecordedDiagnosis {
            date: self.issued_on,
            facility: facility.clone(),
            code: code.clone(),
        }));
        let medicines =
            self.medicines.into_iter().zip(content.directions).map(|(it, how)| RecordedMedicine {
                name: it.name,
                strength: it.strength,
                dose: how.dose,
                frequency: how.frequency,
                days: it.days,
                dispensed: it.dispensed,
            });
        Ok(RecordedPrescription {
            number: self.prescription_number,
            facility,
            prescriber: content.prescriber,
            issued_on: self.issued_on,
            cancelled: self.cancelled,
            medicines: medicines.collect(),
        })
    }
}

impl DocumentJson {
    fn open(self, sealer: &Sealer) -> Result<RecordedDocument> {
        let title = sealer.open(documents::store::TITLE, self.document_id, &bytes(&self.sealed_title)?)?;
        Ok(RecordedDocument {
            id: DocumentId::from_uuid(self.document_id),
            kind: self.kind,
            title: String::from_utf8(title).map_err(Error::internal)?,
            facility: self.facility_name.unwrap_or_default(),
            added_at: self.added_at,
        })
    }
}

fn bytes(hex: &str) -> Result<Vec<u8>> {
    hex::decode(hex).map_err(Error::internal)
}

/// Notes a consent; given again, it holds again.
pub(crate) async fn upsert_consent(
    conn: &mut PgConnection,
    (visit, patient): (&Visit, &Patient),
    consent: Consent,
    by: Uuid,
) -> Result<()> {
    sqlx::query(
        "insert into visit_consent (visit_id, facility_id, payer_id, member_id, form, given_at, given_by) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (visit_id) do update set form = excluded.form, \
         given_at = excluded.given_at, given_by = excluded.given_by, withdrawn_at = null, withdrawn_by = null",
    )
    .bind(visit.id.uuid())
    .bind(visit.facility.uuid())
    .bind(patient.payer.uuid())
    .bind(patient.member.uuid())
    .bind(consent.form.as_str())
    .bind(consent.given_at)
    .bind(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a consent back, and closes what was open by it; the consent, when there was one.
pub(crate) async fn update_withdrawn(
    conn: &mut PgConnection,
    visit: VisitId,
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Consent>> {
    let consent: Option<ConsentRow> = sqlx::query_as(
        "with closed as (delete from document_opening where visit_id = $1) \
         update visit_consent set withdrawn_at = coalesce(withdrawn_at, $2), withdrawn_by = coalesce(withdrawn_by, $3) \
         where visit_id = $1 returning form, given_at, withdrawn_at",
    )
    .bind(visit.uuid())
    .bind(now)
    .bind(by)
    .fetch_optional(conn)
    .await?;
    consent.map(TryInto::try_into).transpose()
}
